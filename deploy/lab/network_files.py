"""Configuration of the Asterisk that plays the public network and the agents' desk phones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Phone:
    """A desk phone that registers with the product."""

    endpoint: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """target: host and port of the product's SIP. modules, data: of the Asterisk that is run."""

    home: Path
    modules: Path
    data: Path
    sip_port: int
    ami_port: int
    ami_secret: str
    agi_port: int
    agi_token: str
    rtp: tuple[int, int]
    target: tuple[str, int]
    phones: Sequence[Phone]


MODULES = """
res_timing_timerfd res_musiconhold res_crypto res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject
res_rtp_asterisk res_speech res_agi codec_alaw codec_ulaw codec_resample format_wav format_pcm format_sln
res_pjsip res_pjsip_session res_pjsip_sdp_rtp res_pjsip_pubsub res_pjsip_registrar
res_pjsip_outbound_registration res_pjsip_outbound_authenticator_digest res_pjsip_authenticator_digest
res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip res_pjsip_caller_id res_pjsip_nat
res_pjsip_rfc3326 res_pjsip_header_funcs chan_pjsip bridge_simple bridge_softmix pbx_config app_dial
app_playback app_mixmonitor app_senddtmf app_stack func_callerid func_channel func_strings func_logic
func_cut
"""

EMPTY = ("acl", "udptl", "stasis", "cdr", "ccss", "indications", "features", "http", "cel")


def network_files(plan: NetworkPlan) -> dict[str, str]:
    files = {
        "asterisk.conf": _asterisk(plan),
        "modules.conf": _modules(),
        "manager.conf": _manager(plan),
        "rtp.conf": f"[general]\nrtpstart={plan.rtp[0]}\nrtpend={plan.rtp[1]}\n",
        "pjsip.conf": _pjsip(plan),
        "extensions.conf": _extensions(plan),
        "musiconhold.conf": f"[default]\nmode = files\ndirectory = {plan.home}/silence\n",
        "logger.conf": "[general]\n[logfiles]\nmessages.log => notice,warning,error\n",
        "pjproject.conf": "[startup]\n",
    }
    return files | {f"{name}.conf": "; nothing\n" for name in EMPTY}


def _asterisk(plan: NetworkPlan) -> str:
    home = plan.home
    return f"""[directories]
astetcdir => {home}/etc
astmoddir => {plan.modules}
astdatadir => {plan.data}
astagidir => {home}/lib
astvarlibdir => {home}/lib
astdbdir => {home}/lib
astkeydir => {home}/lib
astspooldir => {home}/spool
astrundir => {home}/run
astlogdir => {home}/log

[options]
maxfiles = 65536
nocolor = yes
"""


def _modules() -> str:
    lines = [f"load = {name}.so" for name in MODULES.split()]
    return "[modules]\nautoload = no\n" + "\n".join(lines) + "\n"


def _manager(plan: NetworkPlan) -> str:
    return f"""[general]
enabled = yes
bindaddr = 127.0.0.1
port = {plan.ami_port}
timestampevents = yes
[lab]
secret = {plan.ami_secret}
read = system,call
write = system,call,originate
"""


def _pjsip(plan: NetworkPlan) -> str:
    host, port = plan.target
    head = f"""[global]
type = global
endpoint_identifier_order = ip,username
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{plan.sip_port}
[product]
type = endpoint
transport = udp
context = called
disallow = all
allow = ulaw,alaw
aors = product
direct_media = no
dtmf_mode = rfc4733
send_pai = no
[product-tones]
type = endpoint
transport = udp
context = called
disallow = all
allow = ulaw,alaw
aors = product
direct_media = no
dtmf_mode = inband
send_pai = no
[product]
type = aor
contact = sip:{host}:{port}
[product]
type = identify
endpoint = product
match = {host}
"""
    return head + "".join(_registration(phone, plan) for phone in plan.phones)


def _registration(phone: Phone, plan: NetworkPlan) -> str:
    host, port = plan.target
    return f"""[{phone.endpoint}]
type = registration
transport = udp
outbound_auth = {phone.endpoint}
server_uri = sip:{host}:{port}
client_uri = sip:{phone.endpoint}@{host}:{port}
contact_user = {phone.endpoint}
retry_interval = 2
max_random_initial_delay = 0
expiration = 120
[{phone.endpoint}]
type = auth
auth_type = userpass
username = {phone.endpoint}
password = {phone.secret}
"""


def _extensions(plan: NetworkPlan) -> str:
    agi = f"AGI(agi://127.0.0.1:{plan.agi_port}/talk?token={plan.agi_token},${{LAB_ID}})"
    return f"""[general]
static = yes
; A caller of ours whose call was answered.
[talk]
exten => s,1,Set(AGIEXITONHANGUP=yes)
 same => n,MixMonitor({plan.home}/heard/${{LAB_ID}}-mixed.wav,r({plan.home}/heard/${{LAB_ID}}.wav))
 same => n,{agi}
 same => n,Hangup()
; Whom the product calls: what happens depends on the last two digits.
[called]
exten => _X!,1,Goto(${{EXTEN:-2}},1)
exten => _2X,1,Hangup(17)
exten => _3X,1,Hangup(1)
exten => _4X,1,Ringing()
 same => n,Wait(300)
exten => _5X,1,Progress()
 same => n,Wait(1)
 same => n,Answer()
 same => n,Playback({plan.home}/speech/machine)
 same => n,Wait(30)
 same => n,Hangup()
exten => _8X,1,Ringing()
 same => n,Wait(5)
 same => n,Goto(answers,s,1)
exten => _7X,1,Hangup(21)
exten => _XX,1,Ringing()
 same => n,Wait(0.5)
 same => n,Goto(answers,s,1)
; A desk phone of ours: the test decides.
exten => _e!,1,Set(LAB_ID=${{UNIQUEID}})
 same => n,Ringing()
 same => n,Set(AGIEXITONHANGUP=yes)
 same => n,AGI(agi://127.0.0.1:{plan.agi_port}/phone?token={plan.agi_token},${{LAB_ID}},${{EXTEN}})
 same => n,Hangup()
[answers]
exten => s,1,Answer()
 same => n(again),Playback({plan.home}/speech/answers)
 same => n,Wait(1)
 same => n,Goto(again)
"""
