"""Addresses that lead inside, or are none: what each is, and how it could be taken for another."""

INSIDE = [
    # this machine, however it is written
    "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/",
    "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0x7f.1/", "http://017700000001/",
    "http://0177.0.0.1/", "http://0177.0x0.0.1/", "http://127.0.0.1./", "http://127.0.0.1../",
    "http://0/", "http://0.0.0.0/", "http://00000000.0/", "http://localhost/", "http://LOCALHOST./",
    "https://127.0.0.1/", "http://127.255.255.254/",
    # in other scripts, which names are put into the usual form of
    "http://１２７.０.０.１/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    # its neighbours
    "http://10.0.0.1/", "http://10.1/", "http://172.16.0.1/", "http://172.31.255.255/",
    "http://192.168.0.1/", "http://192.168.257/", "http://3232235521/", "http://0xc0a80001/",
    "http://100.64.0.1/", "http://198.18.0.1/", "http://192.0.0.1/", "http://192.0.2.1/",
    "http://203.0.113.1/", "http://240.0.0.1/", "http://255.255.255.255/", "http://224.0.0.1/",
    # a cloud's metadata
    "http://169.254.169.254/latest/meta-data/", "http://2852039166/", "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/", "http://169.254.43518/", "http://100.100.100.200/",
    "http://[fd00:ec2::254]/", "http://[::ffff:169.254.169.254]/", "http://[::ffff:a9fe:a9fe]/",
    # IPv6: itself, neighbours, everybody
    "http://[::1]/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/", "http://[fe80::1]/",
    "http://[fe80::1%25lo]/", "http://[::1%25lo]/", "http://[fc00::1]/", "http://[fd12:3456::1]/",
    "http://[ff02::1]/", "http://[fec0::1]/", "http://[2001:db8::1]/", "http://[3fff::1]/",
    "http://[100::1]/",
    # IPv6 that carries IPv4: mapped, compatible, translated, 6to4, Teredo, ISATAP
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::ffff:10.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/", "http://[::127.0.0.1]/", "http://[::7f00:1]/",
    "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::169.254.169.254]/",
    "http://[64:ff9b::808:808]/", "http://[64:ff9b:1::a00:1]/", "http://[2002:7f00:1::]/",
    "http://[2002:a9fe:a9fe::1]/", "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[2001::1]/", "http://[2606:4700::5efe:7f00:1]/", "http://[2606:4700::200:5efe:a00:1]/",
]  # fmt: skip
"""Refused although the enterprise's list names each host: it names no port with it."""

NO_ADDRESS = [
    "", "x", "//erp.example.com/", "erp.example.com", "http:erp.example.com", "http://",
    "http:///x", "http://:80/", "http://./", "http://erp.example.com:65536/",
    "http://erp.example.com:-1/", "http://erp.example.com:0/", "http://erp.example.com:8o/",
    # not of the web
    "file:///etc/passwd", "FILE:///etc/passwd", "ftp://erp.example.com/", "gopher://erp.example.com/",
    "dict://erp.example.com/", "ldap://erp.example.com/", "jar:http://erp.example.com!/",
    "data:text/plain,x", "javascript:1", "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "netdoc:///etc/passwd",
    # somebody's name in front of the host, or a host in front of it
    "http://user@erp.example.com/", "http://user:x@erp.example.com/", "http://@erp.example.com/",
    "http://:@erp.example.com/", "http://erp.example.com@127.0.0.1/",
    "http://erp.example.com:80@127.0.0.1/", "http://127.0.0.1\\@erp.example.com/",
    "http://erp.example.com\\@127.0.0.1/", "http://erp.example.com%00@127.0.0.1/",
    # more than one line
    "http://erp.example.com/\r\nHost: 127.0.0.1", "http://erp.example.com /", "http://erp\t.example.com/",
    "\nhttp://erp.example.com/", "http://erp.example.com/\x00", "http://erp.example.com\x7f/",
    # brackets that hold no address
    "http://[127.0.0.1/", "http://[::1", "http://[erp.example.com]/", "http://[v1.x]/",
]  # fmt: skip

LOOKALIKES = [
    "http://erp.example.com.evil.example/", "http://erp.example.com.:8080/",
    "http://erp.example.com:8080/", "https://erp.example.com:80/", "http://erp.example.com:443/",
    "http://xerp.example.com/", "http://erp.example.co/", "http://example.com/",
    "http://erp.example.com%2eevil.example/", "http://erp.example.com%00.evil.example/",
    "http://erp-example.com/", "http://еrp.example.com/", "http://erp.exаmple.com/",
    "http://erp.example.com。evil.example/", "http://127.0.0.1/?erp.example.com",
    "http://127.0.0.1/#erp.example.com", "http://127.0.0.1/erp.example.com",
    "http://evil.example;erp.example.com/", "http://evil.example,erp.example.com/",
]  # fmt: skip
"""Refused where `erp.example.com` is listed."""
