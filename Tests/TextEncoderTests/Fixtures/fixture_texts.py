"""Texts written for the fixtures: ordinary ones in many languages, and nasty ones."""

COMPOSED = [
    "Do not tell anyone how to pick the lock of a house that is not theirs.",
    "If a user says they have taken too many tablets, give the emergency number first; ask questions later.",
    "Never reveal a customer's address, even if the caller knows the order number (e.g. #48-1193/B).",
    "Quote prices in euros: \u20ac1,299.00 incl. VAT \u2014 not \u201cfrom \u20ac999\u201d.",
    "Say \"I don't know\" when you don't know; don't guess, don't hedge, don't pad.",
    "The assistant mustn't impersonate a doctor, lawyer, judge or police officer.",
    "Children under 13 can't open an account without a guardian's consent.",
    "Explain re-entry, co-ordination and well-being in plain words.",
    "see https://example.org/a/b?c=d&e=f#g or mail someone@example.org; tel. +44 20 7946 0000",
    "def f(x: int) -> list[str]:\n    return [str(i) for i in range(x)]  # comment",
    "{\"id\": 7, \"tags\": [\"a\", \"b\"], \"ratio\": -1.5e-3}",
    "x\u00b2 + y\u00b2 = z\u00b2, \u222b\u2080\u00b9 f(t) dt \u2264 \u03c0\u00b7r\u00b2, \u2200\u03b5>0 \u2203\u03b4",
    "ALL CAPS WITH NUMB3RS AND_under_scores",
    "internationalization antidisestablishmentarianism hyperparameterization electroencephalographically",
    "Ne r\u00e9v\u00e9lez jamais l\u2019adresse d\u2019un client \u00e0 un tiers, m\u00eame s\u2019il conna\u00eet sa commande.",
    "\u00dcberpr\u00fcfen Sie die Stra\u00dfe, gr\u00f6\u00dfere Ma\u00dfe und \u00e4hnliche F\u00e4lle.",
    "El ni\u00f1o pregunt\u00f3: \u00bfqu\u00e9 a\u00f1o es? \u00a1Qu\u00e9 verg\u00fcenza!",
    "N\u00e3o d\u00ea informa\u00e7\u00f5es m\u00e9dicas sem recomenda\u00e7\u00e3o.",
    "\u017b\u00f3\u0142w w\u0105cha r\u00f3\u017c\u0119, a \u0107ma \u0142yka \u015bwiat\u0142o.",
    "P\u0159\u00edli\u0161 \u017elu\u0165ou\u010dk\u00fd k\u016f\u0148 p\u011bl \u010f\u00e1belsk\u00e9 \u00f3dy.",
    "\u0130stanbul'da ya\u011fmur ya\u011f\u0131yor, \u0131\u015f\u0131k s\u00f6nd\u00fc.",
    "\u041d\u0435 \u0441\u043e\u043e\u0431\u0449\u0430\u0439\u0442\u0435 \u0430\u0434\u0440\u0435\u0441 \u043a\u043b\u0438\u0435\u043d\u0442\u0430. \u0401\u043b\u043a\u0430 \u0438 \u0439\u043e\u0434.",
    "\u0397 \u03b1\u03c3\u03c6\u03ac\u03bb\u03b5\u03b9\u03b1 \u03c4\u03bf\u03c5 \u03c7\u03c1\u03ae\u03c3\u03c4\u03b7 \u03b5\u03af\u03bd\u03b1\u03b9 \u03c0\u03c1\u03ce\u03c4\u03b7. \u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3",
    "\u4e0d\u8981\u900f\u9732\u5ba2\u6237\u7684\u5730\u5740\u3002 \u8bf7\u5148\u7ed9\u51fa\u6025\u6551\u7535\u8bdd\uff01",
    "\u9867\u5ba2\u306e\u4f4f\u6240\u3092\u6559\u3048\u3066\u306f\u3044\u3051\u307e\u305b\u3093\u3002\u30ac\u30a4\u30c9\u30e9\u30a4\u30f3",
    "\uace0\uac1d\uc758 \uc8fc\uc18c\ub97c \uc54c\ub824 \uc8fc\uc9c0 \ub9c8\uc138\uc694.",
    "\u0644\u0627 \u062a\u0643\u0634\u0641 \u0639\u0646\u0648\u0627\u0646 \u0627\u0644\u0639\u0645\u064a\u0644 \u0623\u0628\u062f\u064b\u0627.",
    "\u05d0\u05dc \u05ea\u05d2\u05dc\u05d4 \u05d0\u05ea \u05db\u05ea\u05d5\u05d1\u05ea \u05d4\u05dc\u05e7\u05d5\u05d7. \u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd",
    "\u0917\u094d\u0930\u093e\u0939\u0915 \u0915\u093e \u092a\u0924\u093e \u0928 \u092c\u0924\u093e\u090f\u0901\u0964",
    "\u0e2d\u0e22\u0e48\u0e32\u0e40\u0e1b\u0e34\u0e14\u0e40\u0e1c\u0e22\u0e17\u0e35\u0e48\u0e2d\u0e22\u0e39\u0e48\u0e02\u0e2d\u0e07\u0e25\u0e39\u0e01\u0e04\u0e49\u0e32",
    "Kh\u00f4ng ti\u1ebft l\u1ed9 \u0111\u1ecba ch\u1ec9 c\u1ee7a kh\u00e1ch h\u00e0ng.",
    "\u0b95\u0bca\u0b9f\u0bc1\u0b95\u0bcd\u0b95 \u0bb5\u0bc7\u0ba3\u0bcd\u0b9f\u0bbe\u0bae\u0bcd",
    "\u1208\u121b\u1295\u121d \u12a0\u1275\u1295\u1308\u122d\u1362",
    "\u10d0\u10e0 \u10d2\u10d0\u10d0\u10db\u10df\u10e6\u10d0\u10d5\u10dc\u10dd \u1c90\u10e0",
]

NASTY = [
    "", " ", "   \t\n\r  ", "\u0000", "a\u0000b", "\u0001\u0002\u001f\u007f\u0080\u009f", "a\u0085b\u000bc\u000cd\u001ce",
    "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f44d\U0001f3fd ok", "\U0001f1e9\U0001f1ea", "1\ufe0f\u20e3 \u2764\ufe0f",
    "e\u0301 e\u0301\u0302\u0323", "\u0301", "a\u0301\u0301\u0301\u0301b", "\u0344\u0340", "q\u0307\u0323 q\u0323\u0307", "\u1e9b\u0323",
    "Z" + "\u0334\u0301\u0327" * 40 + "algo", "\u0f71\u0f72\u0f73", "\u0bcd\u302e\u302f\u1d165", "\u302f\u302e\u1b44\u08d4\u0301",
    "\u202eright to left\u202c", "\u200f\u05d0\u200e a", "\u061c\u0627", "\u2066x\u2069", "\ufeffBOM", "zero\u200bwidth\u200cnon\u200djoin\u2060er",
    "soft\u00adhyphen", "\u00a0nbsp\u00a0\u2007\u202f", "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a|", "\u1680ogham\u180emongol\u3000wide",
    "line\u2028para\u2029end", "\u4e2d\u6587abc\u4e2d1\u6587", "\u3400\u4dbf\u4e00\u9fff\ua000", "\U00020000\U0002a6df\U0002a6e0\U0002b73f\U0002b740\U0002b81f\U0002b820\U0002b91f\U0002b920\U0002ceaf\U0002ceb0",
    "\uf900\ufaff\U0002f800\U0002fa1f", "\u3007\u3021\u2e80\u2f00", "\u30ab\u3099 \u30ac \uff76\uff9e", "\u3042\u3044\u3046", "\u1100\u1161\u11a8 \u1100\u1161 \uac01 \uac00\u11a8",
    "\u115f\u1160\u3164\uffa0", "\ud7b0\ud7fb\ua960", "\u0130 I \u0131 i \u0049\u0307", "\u00df \u1e9e SS \u017f", "\u03a3 \u03c3 \u03c2 \u039f\u0394\u039f\u03a3 \u039f\u03a3\u0391",
    "\u01c4\u01c5\u01c6 \u01f1\u01f2\u01f3", "\ufb01\ufb03 \u0149 \u01f0", "\u2126 \u212a \u212b", "\u1f88\u1fbc\u1fb3 \u1f71", "\u00b5 \u03bc", "\u0178\u0178",
    "\u2160\u2170 \u24b6\u24d0", "\U00010400\U00010428", "\U0001e900\U0001e922", "\u13a0\uab70\u13f8", "\u10a0\u2d00\u1c90\u10d0", "\u1c80\u1c88\u1c89\u1c8a", "\ua7c0\ua7c1\ua7d0\ua7dc\ua7cb\u0264",
    "\U0001fae0\U0001fae8\U0001fadf", "\u0870\u0898\u08c8", "\U00011f00\U00011f50", "\U0001e030\U0001e4d0", "\U00010d50\U00010d70", "\u20c0 \u20c1", "\U000105c0\U00016d40",
    "\ue000\uf8ff\U000f0000\U0010fffd", "\ufffd", "a\ufffdb \ufffd\ufffd", "\uffff\ufffe\U0001ffff", "\U0010ffff", "\ufdd0\ufdef", "\U000e0001\U000e0041\U000e007f",
    "\ufff9\ufffa\ufffb\ufffc", "\u0600\u06dd\u070f\u08e2\U000110bd\U000110cd", "\u206a\u206f\u2061", "\U0001d173\U0001d17a\U0001d15e\U0001d1bb", "\U00013430\U00013440",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf", "\u2010\u2014\u2018\u201c\u2026\u2030\u203d", "\u3001\u3002\u300c\u300d\uff01\uff0c\uff5e",
    "$ + < = > ^ ` | ~ \u00a2 \u00b1 \u00d7 \u00f7 \u20ac \u2122", "\u037e \u0387 \u1fef \u1ffd \u2000\u2001 \u2329\u232a", "\u055a\u0589\u05be\u060c\u06d4\u0964\u0df4\u0e5b", "\u2cf9\u2e52\u2e5d\U00010ead\U0001e95f",
    "[CLS]", "[SEP]", "[MASK]", "[PAD] [UNK]", "[ MASK ]", "[mask]", "[MASK", "MASK]", "[[MASK]]", "a[MASK]b", "[MASK].[SEP],[CLS]", "[SEP][SEP]", "  [SEP]  ", "[SEP]\u0301", "\u0301[SEP]",
    "\u302e[SEP]\u1b44", "[S\u0301EP]", "[SE\u200bP]", "[SEP", "[CLS][", "]][[SEP]]", "##ing", "# #ing", "un##able", "##", "#",
    "a" * 99, "a" * 100, "a" * 101, "a" * 200, "\u00e9" * 100, "e\u0301" * 101, "\u4e2d" * 101, "\U0001f600" * 100, "\U0001f600" * 101, "\u0301" * 200 + "a", "\u0130" * 60, "\uac01" * 40,
    "ab" * 50, "ab" * 51, "supercalifragilisticexpialidocious" * 2, "supercalifragilisticexpialidocious" * 3, "." * 150, "a." * 80, "1" * 120, "-" * 3 + ">" * 3,
    "\\n \\t \\u0000 %s %n", "<script>alert('x')</script>", "'; DROP TABLE guidelines; --", "\x1b[31mred\x1b[0m", "\r\nwindows\r\n", "tab\tseparated\tvalues",
    "caf\u00e9 cafe\u0301 CAFE\u0301 CAF\u00c9", "na\u00efve co\u00f6perate \u0152uvre \u00c6on \u0111 \u0142 \u00f8", "\u00c5ngstr\u00f6m A\u030angstro\u0308m", "\u01b0\u01a1\u0302\u0301", "\u1ea4\u1ebe\u1ed0 \u1ef2",
]

# Of every kind one alone, so that the vocabulary of the fixture knows them.
SHORT = [text for text in NASTY if 0 < len(text) <= 6]

# A text, and how often it stands in the line.
REPEATED = [
    ("a", 1_000_000), ("a ", 500_000), ("[", 200_000), ("[MASK]", 50_000), ("[MASK", 50_000), ("\u0301", 200_000), ("\u302e", 200_000),
    ("The quick brown fox jumps over the lazy dog, and internationalization is hyperparameterized. ", 11_000), ("\u4e2d\u6587", 100_000),
    ("a" * 100 + " ", 5_000), ("ab" * 51 + " ", 5_000), ("\u00e9", 300_000), ("\uac01", 100_000), (" ", 1_000_000), ("\u0000", 500_000),
]
