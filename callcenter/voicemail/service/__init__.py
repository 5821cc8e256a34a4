"""Voicemail's services, by verb: messages kept, worked on, and how they are taken."""

from callcenter.voicemail.boxes import BoxPlan
from callcenter.voicemail.service.boxes import Boxes, load_boxes
from callcenter.voicemail.service.keeping import Keeping
from callcenter.voicemail.service.messages import Messages

__all__ = ["BoxPlan", "Boxes", "Keeping", "Messages", "load_boxes"]
