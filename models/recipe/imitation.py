"""The imitation of the teacher, which stage 3 is made of and stage 4 keeps doing so as not to forget."""
import numpy as np
import torch
import torch.nn.functional as F


def neighbourhoods(vectors, count, rng):
    """The nearest of some vectors drawn as centres, for every row."""
    centres = vectors[rng.choice(len(vectors), min(count, len(vectors)), replace=False)].astype(np.float32)
    return np.concatenate([(part.astype(np.float32) @ centres.T).argmax(1) for part in np.array_split(vectors, 64) if len(part)])


def batches(rows, near, size, rng, chunk=32):
    """Endless batches of `size` rows, made of chunks of one neighbourhood each: alike texts are what ranking is about."""
    chunk = min(chunk, size)
    while True:
        order = rng.permutation(rows())
        order = order[np.argsort(near[order], kind="stable")]
        chunks = [order[i:i + chunk] for i in range(0, len(order) - chunk + 1, chunk)]
        rng.shuffle(chunks)
        per = size // chunk
        for i in range(0, len(chunks) - per + 1, per):
            yield np.concatenate(chunks[i:i + per])


def ranking(vectors, teacher, temperature=0.05):
    """KL between the two ways of ranking the rest of the batch."""
    itself = torch.eye(len(vectors), dtype=torch.bool)
    given, wanted = ((v @ v.T / temperature).masked_fill(itself, -1e4) for v in (vectors, teacher))
    return F.kl_div(F.log_softmax(given, 1), F.log_softmax(wanted, 1), reduction="batchmean", log_target=True)


def imitation(vectors, teacher, projection):
    """(loss, cosine): the teacher's direction through a projection, and its ranking, by all and by the first half of
    the dimensions (Matryoshka, arXiv 2205.13147)."""
    cosine = (F.normalize(projection(vectors), dim=1) * teacher).sum(1).mean()
    half = F.normalize(vectors[:, :vectors.shape[1] // 2], dim=1)
    return 2 * (1 - cosine) + 0.5 * ranking(vectors, teacher) + 0.15 * ranking(half, teacher), cosine
