"""The imitation of the teacher, which stage 2 is made of and stage 3 keeps doing so as not to forget."""
import numpy as np
import torch
import torch.nn.functional as F

from common import Bags, read, token_ids, tokenizer


def load_texts(work):
    """Teacher vectors, token bags and texts of stage 1, without the texts that have no token."""
    rows = read(work / "texts.jsonl")
    lists = token_ids(tokenizer(), [row["text"] for row in rows])
    keep = np.array([len(ids) > 0 for ids in lists])
    vectors = np.load(work / "teacher.npy")[keep]
    return vectors, Bags([ids for ids in lists if len(ids)]), [row["text"] for row, kept in zip(rows, keep) if kept]


def neighbourhoods(vectors, count, rng, rounds=6):
    """Plain k-means on the sphere; returns the cluster of every row."""
    centres = vectors[rng.choice(len(vectors), count, replace=False)].astype(np.float32)
    for _ in range(rounds):
        nearest = np.concatenate([(part @ centres.T).argmax(1) for part in np.array_split(vectors.astype(np.float32), 32)])
        for c in range(count):
            members = vectors[nearest == c]
            if len(members):
                centre = members.astype(np.float32).sum(0)
                centres[c] = centre / np.linalg.norm(centre)
    return nearest


def batches(nearest, size, rng, chunk=64):
    """Rows in chunks of one neighbourhood each, the chunks shuffled, size // chunk of them to a batch."""
    order = rng.permutation(len(nearest))
    order = order[np.argsort(nearest[order], kind="stable")]
    chunks = [order[i:i + chunk] for i in range(0, len(order) - chunk + 1, chunk)]
    rng.shuffle(chunks)
    per = size // chunk
    for i in range(0, len(chunks) - per + 1, per):
        yield np.concatenate(chunks[i:i + per])


def embed(table, bags, rows):
    ids, offsets = bags.take(rows)
    return F.normalize(F.embedding_bag(torch.from_numpy(ids), table, torch.from_numpy(offsets), mode="mean"), dim=1)


def imitation(student, target, teacher, temperature=0.05):
    """Cosine to the teacher's own direction, and KL between the two ways of ranking the batch.

    Columns that the target lacks (the lexical ones) take part in the ranking only.
    """
    size = len(student)
    aimed = F.normalize(student[:, :target.shape[1]], dim=1)
    itself = torch.eye(size, dtype=torch.bool)
    wanted = (teacher @ teacher.T / temperature).masked_fill(itself, -1e4)
    given = (student @ student.T / temperature).masked_fill(itself, -1e4)
    ranking = F.kl_div(F.log_softmax(given, 1), F.log_softmax(wanted, 1), reduction="batchmean", log_target=True)
    return (1 - (aimed * target).sum(1)).mean() + 0.5 * ranking
