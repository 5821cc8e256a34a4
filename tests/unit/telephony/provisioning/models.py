"""A small installation, with names that try to mean something to Asterisk."""

from dataclasses import replace
from pathlib import Path

from callcenter.telephony.provisioning.model import (
    AccessNumber,
    Extension,
    Folders,
    Keys,
    MusicClass,
    PagePhone,
    Ports,
    ProvisioningModel,
    Service,
    Trunk,
)

ENTERPRISE = "0192aaaa-0000-7000-8000-000000000001"
WICKED = '张三 "Zoë"; ${SHELL(x)} [x]\\ #include <y> 😀\r\n[evil]'


def small_model(home: Path = Path("/srv/callcenter/asterisk")) -> ProvisioningModel:
    return ProvisioningModel(
        Folders(
            etc=home / "etc",
            modules=Path("/opt/asterisk/modules"),
            data=Path("/opt/asterisk/data"),
            agi_bin=Path("/opt/callcenter/agi-bin"),
            home=home,
            recordings=Path("/srv/callcenter/recordings"),
        ),
        Ports("127.0.0.1", 5060, 5038, 4573, 8088, 10000, 13999),
        Keys("ami-secret-0123456789", "agi-token-0123456789"),
        trunks=(Trunk("demo", "127.0.0.1", 15080, ("127.0.0.1",)),),
        access_numbers=(
            AccessNumber(
                "02160000001", "100001", ENTERPRISE, spellings=("+862160000001",), queue="s-1"
            ),
            AccessNumber("02160000009", "100001", ENTERPRISE, enabled=False),
        ),
        extensions=(
            Extension("e100001-8001", "x" * 24, "8001", WICKED, "100001", ENTERPRISE),
            Extension("e100001-8002", "y" * 24, "8002", "李四", "100001", ENTERPRISE, webrtc=False),
        ),
        page_phones=(PagePhone("page-0a1b", "z" * 24),),
        services=(Service("s-1", WICKED),),
        music=(MusicClass("own-1-en", (Path("/srv/prompts/1/en"), Path("/srv/prompts/2/zh-CN"))),),
    )


def empty_model() -> ProvisioningModel:
    model = replace(small_model(), trunks=(), access_numbers=(), extensions=(), services=())
    return replace(model, page_phones=(), music=())
