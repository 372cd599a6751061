#!/usr/bin/env python3
"""Writes Tests/GuardrailsTests/Fixtures/detections.jsonl: texts with personal data and credentials in known places, and
texts that look like it. Everything is random and well-formed; nothing belongs to anybody. A line's text is the parts put
together: credentials are cut behind their first bytes, so that no line holds one."""
import json
import random
import string
import sys

rng = random.Random(20260301)
digits = string.digits
alnum = string.ascii_letters + string.digits
name = alnum + "_-"


def some(alphabet, count):
    return "".join(rng.choice(alphabet) for _ in range(count))


def mixed(alphabet, count):
    """Random characters with several digits and letters of both cases, as keys have."""
    while True:
        text = some(alphabet, count)
        if sum(c.isdigit() for c in text) >= max(3, count // 12) and any(c.islower() for c in text) \
                and any(c.isupper() for c in text) and text[0].isalnum() and text[-1].isalnum():
            return text


first_names = "anna ben carla dmitri elena farid grace hugo ines jonas kira liam maya noor oscar petra quinn rosa sven tara".split()
last_names = "adler brown costa dubois evans fischer garcia hansen ivanov jones kowalski larsen meyer novak olsen petit rossi silva taylor weber".split()
hosts = "mail.test-firm.org brightlake.net uni-north.edu my-post.co.uk gmx-like.de firma24.com studio.io nord.se ferien.fr oficina.es".split()


# MARK: Check digits, each by its own definition

def luhn_digit(body):
    total = 0
    for i, c in enumerate(reversed(body)):
        d = int(c)
        if i % 2 == 0:
            d = d * 2 - 9 if d > 4 else d * 2
        total += d
    return str(-total % 10)


def card():
    prefix, length = rng.choice([("4", 16), ("51", 16), ("55", 16), ("2345", 16), ("34", 15), ("37", 15), ("6011", 16),
                                 ("3530", 16), ("36", 14), ("6225", 16), ("4", 16), ("53", 16)])
    body = prefix + some(digits, length - len(prefix) - 1)
    return body + luhn_digit(body)


def grouped(number, separator):
    if len(number) == 15:
        cuts = [4, 6, 5]
    elif len(number) == 14:
        cuts = [4, 6, 4]
    else:
        cuts = [4, 4, 4, 4]
    out, at = [], 0
    for size in cuts:
        out.append(number[at:at + size])
        at += size
    return separator.join(out)


def iban():
    country, form = rng.choice([("DE", "18n"), ("GB", "4a14n"), ("FR", "10n11c2n"), ("NL", "4a10n"), ("ES", "20n"),
                                ("IT", "1a10n12c"), ("AT", "16n"), ("CH", "5n12c"), ("PL", "24n"), ("BE", "12n")])
    import re
    bban = ""
    for count, kind in re.findall(r"(\d+)([nac])", form):
        bban += some({"n": digits, "a": string.ascii_uppercase, "c": string.ascii_uppercase + digits}[kind], int(count))
    value = "".join(str(int(c, 36)) for c in bban + country + "00")
    return country + f"{98 - int(value) % 97:02d}" + bban


def by_fours(text):
    return " ".join(text[i:i + 4] for i in range(0, len(text), 4))


def ssn():
    area = rng.choice([n for n in range(1, 900) if n != 666])
    return f"{area:03d}-{rng.randint(1, 99):02d}-{rng.randint(1, 9999):04d}"


def nino():
    while True:
        two = rng.choice("ABCEGHJKLMNOPRSTWXYZ") + rng.choice("ABCEGHJKLMNPRSTWXYZ")
        if two not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ"):
            return two + some(digits, 6) + rng.choice("ABCD")


def german():
    while True:
        body = rng.sample(digits, 9)
        if body[0] == "0":
            continue
        body.insert(rng.randint(1, 9), rng.choice(body))
        body = "".join(body)
        if body[0] == "0" or any(a == b == c for a, b, c in zip(body, body[1:], body[2:])):
            continue
        product = 10
        for c in body:
            total = (int(c) + product) % 10 or 10
            product = total * 2 % 11
        return body + str((11 - product) % 10)


def spanish():
    letters = "TRWAGMYFPDXBNJZSQVHLCKE"
    if rng.random() < 0.5:
        number = some(digits, 8)
        return number + rng.choice(["", "-"]) + letters[int(number) % 23]
    lead = rng.choice("XYZ")
    number = some(digits, 7)
    return lead + number + letters[int(str("XYZ".index(lead)) + number) % 23]


def nir():
    number = rng.choice("12") + some(digits, 2) + f"{rng.randint(1, 12):02d}" + f"{rng.randint(1, 95):02d}" + some(digits, 6)
    number += f"{97 - int(number) % 97:02d}"
    cut = [number[0], number[1:3], number[3:5], number[5:7], number[7:10], number[10:13], number[13:]]
    return rng.choice([number, " ".join(cut)])


def bsn():
    while True:
        number = some(digits, 9)
        if number[0] != "0" and (sum(int(d) * w for d, w in zip(number, (9, 8, 7, 6, 5, 4, 3, 2, -1)))) % 11 == 0:
            return number


def pesel():
    body = f"{rng.randint(30, 99):02d}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}" + some(digits, 4)
    return body + str(-sum(int(d) * w for d, w in zip(body, (1, 3, 7, 9) * 3)) % 10)


def cpf():
    body = some(digits, 9)
    for start in (10, 11):
        total = sum(int(d) * w for d, w in zip(body, range(start, 1, -1))) % 11
        body += str(0 if total < 2 else 11 - total)
    return body


def aadhaar():
    d = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 0, 6, 7, 8, 9, 5], [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
         [3, 4, 0, 1, 2, 8, 9, 5, 6, 7], [4, 0, 1, 2, 3, 9, 5, 6, 7, 8], [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
         [6, 5, 9, 8, 7, 1, 0, 4, 3, 2], [7, 6, 5, 9, 8, 2, 1, 0, 4, 3], [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
         [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]]
    p = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
    for _ in range(6):
        p.append([p[-1][p[1][i]] for i in range(10)])
    body = rng.choice("23456789") + some(digits, 10)
    for check in digits:
        c = 0
        for i, n in enumerate(reversed(body + check)):
            c = d[c][p[i % 8][int(n)]]
        if c == 0:
            return body + check


def american():
    while True:
        area, exchange = rng.randint(201, 989), rng.randint(200, 999)
        if area % 100 != 11 and 12 != area:
            return str(area), str(exchange), some(digits, 4)


# MARK: Texts

cases = []
known = set()
frames = ["{}", "Hi, {} Thanks!", "Quick note: {}", "{} Let me know.", "As discussed yesterday, {}", "- {}",
          "Customer wrote: \"{}\"", "{}\nBest regards", "[chat] {}", "FYI {}"]


def add(kind, text, value=None, secret=False):
    """A text in which `value` stands, or a negative."""
    framed = rng.choice(frames).replace("{}", text)
    parts = [framed]
    findings = []
    if value is not None:
        at = framed.index(value)
        start = len(framed[:at].encode())
        findings.append({"kind": kind, "start": start, "end": start + len(value.encode())})
        if secret:
            # Every few bytes: a part alone is nothing.
            cuts = [0, *range(at + min(4, max(1, len(value) // 2)), at + len(value), 10), len(framed)]
            parts = [framed[a:b] for a, b in zip(cuts, cuts[1:])]
    elif framed in known:
        return
    known.add(framed)
    cases.append({"case": kind if value is not None else "negative:" + kind, "parts": parts, "findings": findings})


def positives():
    for _ in range(90):
        a, b = rng.choice(first_names), rng.choice(last_names)
        local = rng.choice([f"{a}.{b}", f"{a[0]}{b}", f"{a}_{b}{rng.randint(1, 99)}", f"{a}+{rng.choice(['news', 'shop'])}", f"{a}{b}", a.upper() + "." + b])
        value = f"{local}@{rng.choice(hosts)}"
        add("email", rng.choice(["write to {} please.", "my address is {}", "Email: {}", "cc <{}>", "mailto:{}", "({})", "contact {}, she knows", "{} is where I read mail", "send it to {}; copy me"]).replace("{}", value), value)
    phrases = ["call me at {}", "my number is {}", "Tel: {}", "reach us on {} after six", "phone {}", "text {} when you are here", "{} is my mobile", "Fax {}", "you can ring {}.", "WhatsApp: {}"]
    for _ in range(70):
        code, sizes = rng.choice([("+49", (3, 7)), ("+44", (2, 4, 4)), ("+33", (1, 2, 2, 2, 2)), ("+1", (3, 3, 4)), ("+34", (3, 3, 3)), ("+31", (2, 3, 4)), ("+55", (2, 5, 4)), ("+91", (5, 5)), ("+48", (3, 3, 3)), ("+81", (2, 4, 4)), ("+353", (2, 3, 4))])
        groups = [rng.choice("23456789") + some(digits, s - 1) for s in sizes]
        if code == "+33":
            value = code + " " + groups[0] + " " + " ".join(groups[1:])
        else:
            value = code + rng.choice([" ", "-", ""]).join([""] + groups)
        add("phone", rng.choice(phrases + ["{}", "signed, {}"]).replace("{}", value), value)
    for _ in range(60):
        a, b, c = american()
        value = rng.choice([f"({a}) {b}-{c}", f"{a}-{b}-{c}", f"{a}.{b}.{c}", f"1-{a}-{b}-{c}", f"{a} {b} {c}"])
        add("phone", rng.choice(phrases + ["{}", "office {} (mornings)"]).replace("{}", value), value)
    for _ in range(40):
        value = rng.choice([f"020 {some('379', 1)}{some(digits, 3)} {some(digits, 4)}", f"07{some(digits, 3)} {some(digits, 6)}", "06 " + " ".join(some(digits, 2) for _ in range(4)), f"030 {rng.choice('23456789')}{some(digits, 6)}", f"0171/{rng.choice('23456789')}{some(digits, 6)}", f"089-{rng.choice('23456789')}{some(digits, 6)}"])
        add("phone", rng.choice(phrases + ["{} abends"]).replace("{}", value), value)
    for _ in range(20):
        a, b, c = american()
        add("phone", rng.choice(["call me on {}", "my phone is {}", "text {} please", "Mobile: {}"]).replace("{}", a + b + c), a + b + c)
    for _ in range(70):
        number = card()
        value = rng.choice([number, grouped(number, " "), grouped(number, "-")])
        add("card", rng.choice(["pay with {}", "card {} exp 11/27", "my Visa is {}.", "{} cvv 123", "charge it to {}, thanks", "old card: {}"]).replace("{}", value), value)
    for _ in range(50):
        number = iban()
        value = rng.choice([number, by_fours(number)])
        add("iban", rng.choice(["transfer to {}", "IBAN: {}", "the account is {}.", "{} (main account)", "refund me at {} please"]).replace("{}", value), value)
    for _ in range(30):
        value = ssn()
        add("us_ssn", rng.choice(["my SSN is {}", "social security {}", "{} is on the form", "for the file: {}", "SSN: {}"]).replace("{}", value), value)
    for _ in range(28):
        number = nino()
        value = rng.choice([number, f"{number[:2]} {number[2:4]} {number[4:6]} {number[6:8]} {number[8]}"])
        add("uk_nino", rng.choice(["NI number {}", "my insurance no. is {}", "{} for payroll", "national insurance: {}"]).replace("{}", value), value)
    for _ in range(20):
        number = german()
        value = rng.choice([number, f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"])
        add("de_tax_id", rng.choice(["Steuer-ID {}", "meine Steueridentifikationsnummer ist {}", "IdNr: {}", "tax id {}"]).replace("{}", value), value)
    for _ in range(28):
        value = spanish()
        add("es_id", rng.choice(["DNI {}", "mi NIE es {}", "documento {}", "{} como titular"]).replace("{}", value), value)
    for _ in range(20):
        value = nir()
        add("fr_nir", rng.choice(["numéro de sécu {}", "NIR: {}", "mon numéro est {}"]).replace("{}", value), value)
    for _ in range(16):
        value = bsn()
        add("nl_bsn", rng.choice(["mijn BSN is {}", "BSN: {}", "burgerservicenummer {}"]).replace("{}", value), value)
    for _ in range(16):
        value = pesel()
        add("pl_pesel", rng.choice(["PESEL {}", "mój pesel to {}", "numer PESEL: {}"]).replace("{}", value), value)
    for _ in range(24):
        number = cpf()
        value = f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"
        if rng.random() < 0.3:
            value = number
            add("br_cpf", f"meu CPF é {value}", value)
        else:
            add("br_cpf", rng.choice(["CPF {}", "documento {}", "cadastro {} ativo"]).replace("{}", value), value)
    for _ in range(24):
        number = aadhaar()
        value = rng.choice([number, by_fours(number)])
        add("in_aadhaar", rng.choice(["Aadhaar {}", "my aadhaar number is {}", "UIDAI {}"] if " " not in value else ["{} on my card", "Aadhaar {}", "enrolled as {}"]).replace("{}", value), value)


def secrets():
    phrases = ["use {} for now", "token: {}", "export KEY={}", "I pasted {} by mistake", "\"key\": \"{}\"", "curl -H 'Authorization: {}'", "why does {} not work?", "key={}"]

    def put(kind, value):
        add(kind, rng.choice(phrases).replace("{}", value), value, secret=True)
    upper = string.ascii_uppercase + "234567"
    for _ in range(16):
        put("aws_key", rng.choice(["AKIA", "ASIA"]) + some(upper, 16))
    for _ in range(18):
        put("github_token", rng.choice([rng.choice(["ghp_", "gho_", "ghs_"]) + mixed(alnum, 36), "github_pat_" + mixed(alnum, 22) + "_" + mixed(alnum, 59)]))
    for _ in range(14):
        put("gitlab_token", "glpat-" + mixed(name, 20))
    for _ in range(14):
        put("slack_token", rng.choice(["xoxb-", "xoxp-"]) + some(digits, 11) + "-" + some(digits, 11) + "-" + mixed(alnum, 24))
    for _ in range(14):
        put("stripe_key", rng.choice(["sk_live_", "rk_live_", "sk_test_"]) + mixed(alnum, 24))
    for _ in range(14):
        put("google_key", "AIza" + mixed(name, 35))
    for _ in range(20):
        put("model_key", rng.choice(["sk-", "sk-proj-", "sk-ant-api03-"]) + mixed(alnum, rng.choice([32, 48, 64])))
    for _ in range(16):
        put("service_token", rng.choice(["hf_" + mixed(alnum, 34), "npm_" + mixed(alnum, 36), "dop_v1_" + some("0123456789abcdef", 64), "SG." + mixed(name, 22) + "." + mixed(name, 43)]))
    for _ in range(12):
        kind = rng.choice(["RSA ", "EC ", "", "OPENSSH "])
        body = "\n".join(some(alnum + "+/", 64) for _ in range(rng.randint(2, 5)))
        value = f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"
        add("private_key", rng.choice(["here it is:\n{}", "{}", "key.pem:\n{}\nend"]).replace("{}", value), value, secret=True)
    import base64

    def b64(text):
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    for _ in range(16):
        head = b64(json.dumps({"alg": rng.choice(["HS256", "RS256"]), "typ": "JWT"}))
        body = b64(json.dumps({"sub": some(digits, 9), "iat": rng.randint(1600000000, 1700000000)}))
        put("jwt", f"{head}.{body}.{some(name.strip('_-'), 43)}")
    for _ in range(40):
        value = rng.choice([mixed(alnum, rng.randint(8, 16)), rng.choice(last_names).capitalize() + some(digits, 3) + rng.choice("!#?+"), rng.choice(first_names) + some(digits, 4)])
        text = rng.choice(["password: {}", "password = \"{}\"", "passwd={}", "DB_PASSWORD={}", "\"password\": \"{}\"", "pwd: {}", "my password is: {}", "user=app;pwd={};", "login bob, passphrase: {}"])
        if text.startswith("my password is"):
            text = "Password: {}"
        add("password", text.replace("{}", value), value)
    for _ in range(24):
        value = mixed(alnum, rng.randint(8, 18))
        add("connection_password", rng.choice(["postgres://app:{}@db.internal:5432/main", "mongodb://root:{}@10.0.0.5/admin", "redis://default:{}@cache:6379", "https://bot:{}@git.test-firm.org/repo.git", "amqp://svc:{}@queue/vhost"]).replace("{}", value), value)
    for _ in range(30):
        value = rng.choice([mixed(alnum, rng.randint(24, 44)), some("0123456789abcdef", 40)])
        add("assigned_key", rng.choice(["api_key = \"{}\"", "SECRET_KEY={}", "access_token: {}", "\"clientSecret\": \"{}\"", "X-Api-Key: {}", "auth-token={}"]).replace("{}", value), value)


def negatives():
    hexes = "0123456789abcdef"

    def uuid():
        return "-".join(some(hexes, n) for n in (8, 4, 4, 4, 12))

    def failing_card():
        number = card()
        wrong = str((int(number[-1]) + rng.randint(1, 9)) % 10)
        return rng.choice([number[:-1] + wrong, grouped(number[:-1] + wrong, " ")])

    def isbn13():
        body = "978" + some(digits, 9)
        return body + str(-sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(body)) % 10)

    makers = {
        "order": lambda: rng.choice(["order {}", "Order #{}", "invoice no. {} is due", "ticket {}", "your parcel {} left"]).replace("{}", rng.choice([some(digits, rng.randint(6, 12)), f"{some(digits, 3)}-{some(digits, 7)}-{some(digits, 7)}", f"{some(digits, 4)}-{some(digits, 5)}"])),
        "version": lambda: rng.choice(["upgrade to {}", "v{} is out", "version {} breaks it", "swift-tools-version:{}", "pip install lib=={}"]).replace("{}", ".".join(str(rng.randint(0, 40)) for _ in range(rng.choice([3, 3, 4])))),
        "hash": lambda: rng.choice(["commit {}", "sha256:{}", "fixed in {}", "md5 {} matches", "git show {}"]).replace("{}", some(hexes, rng.choice([7, 12, 32, 40, 64]))),
        "uuid": lambda: rng.choice(["request {} failed", "id={}", "session {}", "/users/{}/edit", "trace_id: {}"]).replace("{}", uuid()),
        "isbn": lambda: rng.choice(["ISBN {}", "isbn: {}", "the book ({})"]).replace("{}", rng.choice([isbn13(), f"978-{some(digits, 1)}-{some(digits, 3)}-{some(digits, 5)}-{some(digits, 1)}"])),
        "date": lambda: rng.choice(["on {}", "due {}", "from {} to next week", "log {} started", "born {}"]).replace("{}", rng.choice([f"{rng.randint(1950, 2030)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}", f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(1950, 2030)}", f"{rng.randint(1, 12):02d}/{rng.randint(1, 28):02d}/{rng.randint(1950, 2030)}", f"{rng.randint(1, 28):02d}-{rng.randint(1, 12):02d}-{rng.randint(1990, 2030)} 10:30", f"2024{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}T{rng.randint(0, 23):02d}{rng.randint(0, 59):02d}00Z"])),
        "coordinates": lambda: rng.choice(["at {}", "lat/lon {}", "the hut ({})"]).replace("{}", f"{rng.uniform(-90, 90):.{rng.choice([4, 6])}f}, {rng.uniform(-180, 180):.{rng.choice([4, 6])}f}"),
        "phrase": lambda: rng.choice(["I've been pre qualified for a loan", "the password field is required", "password: required", "Password = <your password>", "set password: ********", "reset your password at the desk", "token = getToken()", "api_key = os.environ['API_KEY']", "PASSWORD=${DB_PASSWORD}", "secret: see the vault", "the secret ingredient is butter", "password: string", "pwd=$(pwd)", "const token = await auth.getAccessToken();", "passwords: never share them", "api_key: YOUR_API_KEY_HERE", "password=changeme", "access_token: null", "my password is too long to type", "key: value", "secret = None", "Password: at least 8 characters", "token: [REDACTED]", "password: hunter", "apiKey: process.env.API_KEY_123456789"]),
        "part": lambda: rng.choice(["part {}", "part no. {}", "SKU {}", "model {}", "serial {} on the back", "article {}"]).replace("{}", rng.choice([f"{some(digits, 3)}-{some(digits, 3)}-{some(digits, 4)}", f"{some(digits, 3)}-{some(digits, 2)}-{some(digits, 4)}", f"{some(string.ascii_uppercase, 2)}-{some(digits, 4)}-{some(digits, 3)}", f"{some(digits, 3)}.{some(digits, 3)}.{some(digits, 2)}"])),
        "card": lambda: rng.choice(["number {}", "pay with {}", "card {}", "it says {}"]).replace("{}", failing_card()),
        "handle": lambda: rng.choice(["follow @{0}", "ask @{0}_{1}", "@{0}@social.test-firm.org", "thanks @{0}!", "cc @{0}/{1}", "@{0}.{1}.com posted"]).format(rng.choice(first_names), rng.choice(last_names)),
        "git": lambda: rng.choice(["git@{0}:{1}/{2}.git", "ssh://git@{0}/{1}/{2}", "{1}/{2}@v{3}.{3}.0", "refs/heads/{1}-{3}", "npm i @{1}/{2}@^{3}.0.0", "{1}@{3}.2.1", "actions/checkout@v{3}"]).format(rng.choice(hosts), rng.choice(first_names), rng.choice(last_names), rng.randint(1, 9)),
        "price": lambda: rng.choice(["it costs {}", "total {}", "{} a month", "paid {} in cash"]).replace("{}", rng.choice([f"${rng.randint(1, 9999)}.{some(digits, 2)}", f"{rng.randint(1, 999)},{some(digits, 3)},{some(digits, 3)} EUR", f"€{rng.randint(1, 99)}.{some(digits, 3)},{some(digits, 2)}", f"{rng.randint(1, 999)} {some(digits, 3)} {some(digits, 3)} kr"])),
        "file": lambda: rng.choice(["icon@2x.png", "logo@3x.jpg", "see IMG_{}.jpg", "report-{}.pdf", "scan{}.tiff", "backup.{}.tar.gz"]).replace("{}", some(digits, 8)),
        "number": lambda: rng.choice(["there are {} people", "{} rows were read", "pi is 3.{}", "n = {}", "process {} ended", "port {} is open", "epoch {}", "page {} of the log", "{} bytes", "timestamp: {}"]).replace("{}", some("123456789", 1) + some(digits, rng.choice([3, 4, 6, 8, 9, 12]))),
        "address": lambda: rng.choice(["{} Main Street", "room {}", "{} Berlin", "zip {}-{}", "PO box {}"]).replace("{}", some("123456789", 1) + some(digits, rng.choice([2, 4]))),
        "iban": lambda: rng.choice(["code {}", "reference {}", "{}"]).replace("{}", rng.choice(["DE", "GB", "FR", "XX", "ZZ"]) + some(digits, 2) + some(string.ascii_uppercase + digits, rng.choice([10, 14, 18]))),
        "words": lambda: " ".join(rng.choice("the quick brown fox explains how to bake bread with rye and water while children sing about rivers mountains trains in autumn evenings before dinner".split()) for _ in range(rng.randint(6, 18))) + ".",
        "identifier": lambda: rng.choice(["sk-learn-pipeline-for-text-classification-models", "let skLiveData = fetch()", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "AKIAEXAMPLE", "the xoxb- prefix", "-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----", "eyJust kidding", "ssh-rsa AAAAB3Nza key file", "glpat-short", "sk-" + "-".join(rng.choice(last_names) for _ in range(5)), "AIzawa is a name", "token_count: 4096", "max_tokens=2048", "tokens: 1234567890", "tokenizer: fast"]),
        "url": lambda: rng.choice(["https://test-firm.org/a/{}", "http://localhost:{}/path", "https://brightlake.net/?id={}", "www.nord.se/{}.html", "see https://studio.io:{}/x@y"]).replace("{}", some("123456789", 1) + some(digits, 4)),
        "sport": lambda: rng.choice(["won 3-2-1", "score 21-19 21-17", "time 1:02:33.4", "ratio 16:9", "12 - 15 - 2024 maybe", "sets 6-4 3-6 7-5", "call 911", "dial 112", "press 1 or 0", "in 1999-2004"]),
    }
    names = sorted(makers)
    wanted = len(cases) + 1600
    turn = 0
    while len(cases) < wanted:
        kind = names[turn % len(names)]
        turn += 1
        add(kind, makers[kind]())


positives()
secrets()
negatives()
seen, lines = {}, []
for case in cases:
    index = seen.get(case["case"], 0)
    seen[case["case"]] = index + 1
    case["half"] = "tuning" if index % 2 == 0 else "report"
    lines.append(json.dumps(case, ensure_ascii=False))
path = sys.argv[1] if len(sys.argv) > 1 else "Tests/GuardrailsTests/Fixtures/detections.jsonl"
with open(path, "w") as file:
    file.write("\n".join(lines) + "\n")
positive = sum(1 for case in cases if case["findings"])
print(f"{positive} texts with something in them, {len(cases) - positive} without")
