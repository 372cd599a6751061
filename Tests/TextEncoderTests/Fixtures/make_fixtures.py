"""Makes the fixtures of TextEncoderTests from the Python libraries that are the reference.

    pip install tokenizers transformers sentence-transformers model2vec torch numpy safetensors
    python make_fixtures.py [--books texts.jsonl.gz] [--minilm FOLDER]

`--books` draws the public-domain sentences anew from a JSON Lines file with `text` and `source` fields; without it
the texts of the committed file stay and only their ids are made again. `--minilm` makes `minilm.json` from a folder
with all-MiniLM-L6-v2. Everything else is random with a fixed seed.

`compare_tokenizer.py` beside this file is the large comparison; its result is not committed.
"""
import argparse
import base64
import gzip
import hashlib
import json
import pathlib
import random
import shutil
import struct

import numpy as np
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from fixture_texts import COMPOSED, NASTY, REPEATED, SHORT

HERE = pathlib.Path(__file__).resolve().parent
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def write_json(path, value, lines=False):
    path.parent.mkdir(parents=True, exist_ok=True)
    dump = lambda v: json.dumps(v, ensure_ascii=True, separators=(",", ":"))
    if lines:
        path.write_text("".join(dump(v) + "\n" for v in value))
    else:
        path.write_text(dump(value) + "\n")


def packed(vector):
    """Little-endian float32 in base64."""
    return base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode()


def make_tokenizer(vocabulary, normalizer=None, added=SPECIAL, post=True, **model):
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", **model))
    tokenizer.normalizer = normalizer or normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens([t for t in added if isinstance(t, str)])
    tokenizer.add_tokens([t for t in added if not isinstance(t, str)])
    if post:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])])
    return tokenizer


def train(texts, size, alphabet):
    """A vocabulary of `size` pieces with many characters, so that few texts end in the unknown token."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=SPECIAL, limit_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    # The trainer's order among equals varies; the alphabet does not.
    return {piece: i for i, piece in enumerate(SPECIAL + sorted(set(tokenizer.get_vocab()) - set(SPECIAL)))}


def ids_digest(ids):
    return hashlib.sha256(" ".join(map(str, ids)).encode()).hexdigest()


def tokenizer_fixtures(books):
    path = HERE / "tokenizer" / "texts.jsonl"
    if books:
        random.seed(20)
        with gzip.open(books, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file if '"classic_books"' in line]
        sentences = sorted({r["text"] for r in rows if r["source"] == "classic_books" and 20 < len(r["text"]) < 160})
        texts = random.sample(sentences, 1500 - len(COMPOSED)) + COMPOSED
    else:
        texts = [json.loads(line)["text"] for line in path.read_text().splitlines()]
    size, folder = 4000, HERE / "tokenizer"
    if (folder / "tokenizer.json").exists() and not books:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    else:
        tokenizer = make_tokenizer(train(texts + NASTY + SHORT * 3, size, 1500))
        folder.mkdir(exist_ok=True)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    write_json(path, [{"text": t, "ids": tokenizer.encode(t).ids} for t in texts], lines=True)
    write_json(folder / "nasty.jsonl",
               [{"text": t, "ids": tokenizer.encode(t).ids} for t in NASTY + SHORT], lines=True)
    write_json(folder / "repeated.json", [
        {"text": t, "count": n, "ids": len(ids), "sha256": ids_digest(ids)}
        for t, n in REPEATED for ids in [tokenizer.encode(t * n).ids]])
    unknown = sum(tokenizer.encode(t).ids.count(1) for t in texts + NASTY)
    print("tokenizer:", len(texts), "texts,", len(NASTY + SHORT), "nasty ones,", unknown, "unknown tokens")
    return tokenizer


def sweep_fixture(tokenizer):
    """For each block of 4,096 scalars, digests of what becomes of every scalar in a few surroundings."""
    def options(clean, ideographs, accents, lower):
        return normalizers.BertNormalizer(
            clean_text=clean, handle_chinese_chars=ideographs, strip_accents=accents, lowercase=lower)
    forms = [
        ("a%sb", options(True, True, True, True)),
        ("%s", options(True, True, False, False)),
        ("a%sb", options(False, False, True, False)),
        ("a%sb", options(False, False, False, True)),
        # Marks that stay when accents go, in an order that is not canonical.
        ("\u302e%s\u1b44\u08d4z", options(False, False, True, False)),
    ]
    columns = [[] for _ in range(len(forms) + 1)]
    for block in range(0, 0x110000, 0x1000):
        scalars = [c for c in range(block, block + 0x1000) if not 0xD800 <= c < 0xE000]
        for column, (form, normalizer) in zip(columns, forms):
            text = "\n".join(normalizer.normalize_str(form % chr(c)) for c in scalars)
            column.append(hashlib.sha256(text.encode()).hexdigest()[:8])
        encoded = tokenizer.encode_batch(["a%sb" % chr(c) for c in scalars], add_special_tokens=False)
        columns[-1].append(ids_digest([i for e in encoded for i in e.ids + [-1]])[:8])
    write_json(HERE / "tokenizer" / "sweep.json", columns)


def variant_fixtures():
    """Small tokenizers with unusual settings."""
    words = ["hello", "world", "##ing", "sing", "play", "##ed", "foo", "bar", "foobar", "un", "##known", "é", "e",
             "É", "Hello", "straße", "strasse", "ß", "i", "##i", "İ", "中", "文", "a", "##a", "b", "##b", "c", "##c",
             "x", "##x", "[", "]", "<", ">", "#", "!", "?", ",", "new", "token", "##\u0301", "\u0301", "\u0007",
             "##\u0007", "sep", "mask", "\u00a0", "##é", "café", "cafe", "##龍", "龍"]
    vocabulary = {w: i for i, w in enumerate(SPECIAL + words)}
    texts = [
        "", " ", "hello world", "Hello WORLD!", "singing played", "foobar foo bar", "café CAFÉ cafe\u0301", "Éé",
        "straße STRASSE ß", "İi I", "中文 a中b文", "a\u0007b", "\u00a0a\u00a0b", "[SEP]", "a[SEP]b", "a [SEP] b",
        "[sep] [ SEP ]", "[MASK][MASK]", "a  [MASK]\t\u3000b", "x[CLS]x", "<new token> a<new>b", "NEW TOKEN",
        "<NEW> a<New>", "aaaa", "a" * 9, "a" * 10, "a" * 11, "unknown unknowns", "a,b?c!", "#a##b", "龍a龍",
        "foo<new>  bar", "foo  <new>bar", "[PAD]a[UNK]b", "café<new>É", "a<NEW>b<new>c", "ab" * 40 + " hello",
        "hello <a> <ab> <abc> <abcd>", "ÀB \u212b", "\ufeffhello", "hello\u200bworld", "\u0301a",
    ]
    bert = lambda **o: normalizers.BertNormalizer(**o)
    new = lambda content, **o: AddedToken(content, **o)
    variants = {
        "uncased": make_tokenizer(vocabulary),
        "cased": make_tokenizer(vocabulary, bert(lowercase=False)),
        "cased without accents": make_tokenizer(vocabulary, bert(lowercase=False, strip_accents=True)),
        "uncased with accents": make_tokenizer(vocabulary, bert(strip_accents=False)),
        "not cleaned": make_tokenizer(vocabulary, bert(clean_text=False)),
        "ideographs not separated": make_tokenizer(vocabulary, bert(handle_chinese_chars=False)),
        "short words": make_tokenizer(vocabulary, max_input_chars_per_word=10),
        "other prefix": make_tokenizer(vocabulary, continuing_subword_prefix="a"),
        "no template": make_tokenizer(vocabulary, post=False),
        "added, literal": make_tokenizer(vocabulary, added=SPECIAL + [new("<new>", normalized=False)]),
        "added, normalized": make_tokenizer(vocabulary, added=SPECIAL + [new("<New>", normalized=True)]),
        "added, of both kinds": make_tokenizer(vocabulary, added=SPECIAL + [
            new("<new>", normalized=False), new("É", normalized=True), new("foo", normalized=True)]),
        "added, stripping left": make_tokenizer(vocabulary, added=SPECIAL + [
            new("<new>", normalized=False, lstrip=True), new("b", normalized=True, lstrip=True)]),
        "added, stripping right": make_tokenizer(vocabulary, added=SPECIAL + [
            new("<new>", normalized=False, rstrip=True), new("foo", normalized=True, rstrip=True)]),
        "added, stripping both": make_tokenizer(vocabulary, added=SPECIAL + [
            new("[MASK]", normalized=False, lstrip=True, rstrip=True, special=True)]),
        "added, one inside another": make_tokenizer(vocabulary, added=SPECIAL + [
            new("<ab", normalized=False), new("<a", normalized=False), new("<abc>", normalized=False)]),
        "truncated": make_tokenizer(vocabulary),
        "bert processing": make_tokenizer(vocabulary, post=False),
        "two tokens before": make_tokenizer(vocabulary, post=False),
        "padded": make_tokenizer(vocabulary),
    }
    nothing = make_tokenizer(vocabulary)
    nothing.normalizer = None
    variants["no normalizer"] = nothing
    variants["truncated"].enable_truncation(5, stride=2)
    variants["bert processing"].post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    variants["two tokens before"].post_processor = processors.TemplateProcessing(
        single="[CLS] [MASK] $A", special_tokens=[("[CLS]", 2), ("[MASK]", 4)])
    output = []
    for name, tokenizer in variants.items():
        cases = [{"text": t, "ids": tokenizer.encode(t).ids} for t in texts]
        if name == "padded":
            # Padding is the business of whoever stacks ids; ours come without.
            tokenizer.enable_padding(length=20)
        output.append({"name": name, "tokenizer": json.loads(tokenizer.to_str()), "cases": cases})
    write_json(HERE / "tokenizer" / "variants.jsonl", output, lines=True)
    print("variants:", len(output))


def vocabulary_file_fixtures():
    """Folders with vocab.txt alone, read by transformers."""
    from transformers import BertTokenizer
    words = ["hello", "world", "##ing", "sing", "é", "e", "Hello", "É", "中", "文", "a", "##b", "b", "[", "]", "sep", ",",
             "!", "twice", "x", "twice", "Cafe", "Café", "cafe"]
    texts = ["hello world!", "Hello É é", "singing", "a[SEP]b [MASK] [PAD]x", "中文", "twice", "ab", "Café CAFÉ", "[sep]",
             "", "<s> hello </s>"]
    settings = {
        "defaults": None,
        "cased": {"do_lower_case": False, "tokenizer_class": "BertTokenizer", "model_max_length": 512},
        "accents kept": {"do_lower_case": True, "strip_accents": False},
        "accents taken": {"do_lower_case": False, "strip_accents": True},
        "ideographs": {"tokenize_chinese_chars": False, "never_split": None, "do_basic_tokenize": True},
        "other special tokens": {
            "cls_token": "<s>", "sep_token": {"__type": "AddedToken", "content": "</s>", "lstrip": False,
                                              "normalized": False, "rstrip": False, "single_word": False}},
    }
    output = []
    for name, setting in settings.items():
        lines = SPECIAL + words + (["<s>", "</s>"] if name == "other special tokens" else [])
        folder = pathlib.Path("/".join([str(HERE), "temporary"]))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        newline = "\r\n" if name == "cased" else "\n"
        text = newline.join(lines) + ("" if name == "defaults" else newline)
        (folder / "vocab.txt").write_bytes(text.encode())
        if setting is not None:
            (folder / "tokenizer_config.json").write_text(json.dumps(setting))
        tokenizer = BertTokenizer.from_pretrained(str(folder))
        output.append({"name": name, "vocabulary": text, "settings": setting,
                       "cases": [{"text": t, "ids": tokenizer(t)["input_ids"]} for t in texts]})
        shutil.rmtree(folder)
    write_json(HERE / "tokenizer" / "vocabulary-files.jsonl", output, lines=True)
    print("vocabulary files:", len(output))


ENCODER_TEXTS = COMPOSED[:8] + [
    "", " \t ", "a", "\U0001f600\U0001f600 \ufffd", "do not share passwords", "Do not share passwords!",
    "never give medical advice", "keep it short " * 40, "x" * 300, "[MASK] [SEP]"]


def transformer_fixtures():
    import torch
    from safetensors.torch import save_file
    from sentence_transformers import SentenceTransformer
    from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel
    torch.manual_seed(7)
    torch.set_num_threads(1)
    vocabulary = train(ENCODER_TEXTS * 2, 190, 80)
    sizes = dict(vocab_size=len(vocabulary) + 3, max_position_embeddings=64)
    bert = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, **sizes)

    def save(name, model, dtype, pooling, maximum, rename=lambda n: n, old_layout=False, max_in_tokenizer=False,
             metadata=None):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        # Weights of a size that tells errors: the usual initial ones make layers that do next to nothing.
        with torch.no_grad():
            for key, value in model.named_parameters():
                value.copy_(torch.randn_like(value) * (0.3 if value.dim() > 1 else 0.5) +
                            (1.0 if "orm.weight" in key or "norm.weight" in key else 0.0))
                value.copy_(value.to(dtype).float())
        tensors = {rename(k): v.to(dtype).contiguous() for k, v in model.state_dict().items()
                   if "position_ids" not in k and "pooler" not in k}
        save_file(tensors, str(folder / "model.safetensors"), metadata=metadata)
        model.config.save_pretrained(str(folder))
        tokenizer = make_tokenizer(vocabulary)
        tokenizer.enable_truncation(16)
        tokenizer.enable_padding(length=16)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        settings = {"tokenizer_class": "BertTokenizer", "do_lower_case": True}
        if max_in_tokenizer:
            settings["model_max_length"] = maximum
        write_json(folder / "tokenizer_config.json", settings)
        if old_layout:
            modules = ["sentence_transformers.models.Transformer", "sentence_transformers.models.Pooling",
                       "sentence_transformers.models.Normalize"]
            how = {"word_embedding_dimension": 32, **{f"pooling_mode_{m}": m == pooling for m in
                   ["cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens"]}}
        else:
            modules = ["sentence_transformers.base.modules.transformer.Transformer",
                       "sentence_transformers.sentence_transformer.modules.pooling.Pooling"]
            how = {"embedding_dimension": 32, "pooling_mode": pooling, "include_prompt": True}
        write_json(folder / "modules.json", [
            {"idx": i, "name": str(i), "path": "" if i == 0 else f"{i}_{m.split('.')[-1]}", "type": m}
            for i, m in enumerate(modules)])
        write_json(folder / "1_Pooling" / "config.json", how)
        if not max_in_tokenizer:
            write_json(folder / "sentence_bert_config.json", {"max_seq_length": maximum, "do_lower_case": False})
        (folder / "2_Normalize").mkdir(exist_ok=True)
        reference = SentenceTransformer(str(folder), device="cpu", model_kwargs={"dtype": torch.float32})
        vectors = reference.encode(ENCODER_TEXTS, normalize_embeddings=True, batch_size=1)
        write_json(folder / "vectors.json", [
            {"text": t, "vector": packed(v)} for t, v in zip(ENCODER_TEXTS, vectors)])
        shutil.rmtree(folder / "2_Normalize")
        print(name, vectors.shape, sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()), "bytes")

    plain = lambda **o: BertModel(BertConfig(**{**bert, **o}), add_pooling_layer=False).eval()
    save("bert-mean-f32", plain(), torch.float32, "mean_tokens", 24, old_layout=True)
    old_names = lambda n: "bert." + n.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
        "LayerNorm.bias", "LayerNorm.beta")
    save("bert-cls-f16", plain(hidden_act="gelu_new"), torch.float16, "cls", 64, rename=old_names)
    save("bert-mean-bf16", plain(hidden_act="relu", layer_norm_eps=1e-3), torch.bfloat16, "mean", 20,
         max_in_tokenizer=True, metadata={"format": "pt"})
    distil = DistilBertModel(DistilBertConfig(dim=32, n_layers=2, n_heads=4, hidden_dim=64, **sizes)).eval()
    save("distilbert-mean-f16", distil, torch.float16, "mean", 24)


def static_fixtures():
    from model2vec import StaticModel
    from safetensors.numpy import save_file
    generator = np.random.default_rng(3)
    vocabulary = train(ENCODER_TEXTS * 2, 150, 80)
    count = len(vocabulary)
    table = generator.normal(size=(count, 19)).astype(np.float32)
    config = {"model_type": "model2vec", "architectures": ["StaticModel"], "hidden_dim": 19, "seq_length": 1000000,
              "normalize": True, "tokenizer_name": "none"}
    scales = (generator.uniform(0.5, 2, size=count) / 127).astype(np.float32)
    codes = np.clip(np.rint(table / np.abs(table).max() * 127), -127, 127).astype(np.int8)
    mapping = generator.integers(0, 40, size=count)
    factors = generator.uniform(0.1, 2, size=count)
    cases = {
        # name: tensors, settings, table as the reference should see it
        "static-f32": ({"embeddings": table}, {}, None),
        "static-f16": ({"embeddings": table.astype(np.float16)}, {"max_length": 7}, None),
        "static-i8": ({"embeddings": codes}, {"max_length": None}, None),
        "static-i8-scales": ({"embeddings": codes, "embeddings.scales": scales}, {},
                             codes.astype(np.float32) * scales[:, None]),
        "static-mapped": ({"embeddings": table[:40].copy(), "mapping": mapping, "weights": factors}, {}, None),
    }
    tokenizer = make_tokenizer(vocabulary)
    for name, (tensors, settings, seen) in cases.items():
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        save_file(tensors, str(folder / "model.safetensors"))
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        write_json(folder / "config.json", {**config, **settings})
        model = StaticModel.from_pretrained(str(folder))
        # The arithmetic of the reference in float32, whatever the table is stored as.
        model.embedding = (model.embedding if seen is None else seen).astype(np.float32)
        vectors = model.encode(ENCODER_TEXTS, use_multiprocessing=False)
        write_json(folder / "vectors.json", [
            {"text": t, "vector": packed(v)} for t, v in zip(ENCODER_TEXTS, vectors)])
        print(name, vectors.shape, sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()), "bytes")


def minilm_fixture(folder):
    import torch
    from sentence_transformers import SentenceTransformer
    torch.set_num_threads(1)
    reference = SentenceTransformer(folder, device="cpu")
    texts = COMPOSED[:14] + ["", "a", "x" * 300, "keep it short " * 100, "caf\u00e9 \u4e2d\u6587 \U0001f600", "a [SEP] b",
                             "never give medical advice", "How do I report a safety concern?", "\u0130stanbul", "\u1100\u1161"]
    vectors = reference.encode(texts, normalize_embeddings=True, batch_size=1)
    tokens = [reference.tokenizer(t, truncation=True, max_length=256)["input_ids"] for t in texts]
    write_json(HERE / "minilm.json", [
        {"text": t, "ids": i, "vector": packed(v)} for t, i, v in zip(texts, tokens, vectors)])
    print("minilm:", len(texts))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--books")
    parser.add_argument("--minilm")
    arguments = parser.parse_args()
    tokenizer = tokenizer_fixtures(arguments.books)
    sweep_fixture(tokenizer)
    variant_fixtures()
    vocabulary_file_fixtures()
    transformer_fixtures()
    static_fixtures()
    if arguments.minilm:
        minilm_fixture(arguments.minilm)
