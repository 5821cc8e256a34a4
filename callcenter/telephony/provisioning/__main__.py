"""`python -m callcenter.telephony.provisioning`: write Asterisk's files before it starts."""

import os

from callcenter.core.addresses import app_url
from callcenter.core.db import Database
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.core.speech import speech_engine
from callcenter.telephony.directory import load_directory
from callcenter.telephony.provisioning.apply import make_folders, write
from callcenter.telephony.provisioning.load import load_model
from callcenter.telephony.provisioning.render import render
from callcenter.telephony.provisioning.sounds import make_sounds


def main() -> None:
    settings = load_settings(os.environ)
    secrets = load_secrets(settings.paths.home)
    database = Database(app_url(settings, secrets), pool_size=1, max_overflow=0)
    model = load_model(settings, secrets, load_directory(database))
    write(model.folders.etc, render(model))
    make_folders(model.folders.home)
    make_sounds(model.folders.home, speech_engine())
    database.dispose()


if __name__ == "__main__":
    main()
