"""What the two training stages share: the optimiser, its rate, and the mean of several processes."""
import numpy as np
import torch


def adamw(student, projection, rate):
    """AdamW; only matrices other than the word table are decayed."""
    parameters = [q for q in [*student.parameters(), *projection.parameters()] if q is not student.word.weight]
    return torch.optim.AdamW([
        {"params": [q for q in parameters if q.ndim > 1], "weight_decay": 0.01},
        {"params": [q for q in parameters if q.ndim == 1] + [student.word.weight], "weight_decay": 0},
    ], lr=rate, betas=(0.9, 0.98), fused=True)


def set_rate(optimizer, rate, step, steps, warm):
    for group in optimizer.param_groups:
        group["lr"] = rate * min(1, (step + 1) / warm) * max(0.02, 1 - step / steps)


class Companions:
    """Local SGD (arXiv 1805.09767): each process takes its own steps; now and then all go on from their mean."""

    def __init__(self, store, rank, world, parameters):
        self.rank, self.world, self.parameters = rank, world, list(parameters)
        if world > 1:
            import torch.distributed as distributed
            self.distributed = distributed
            distributed.init_process_group("gloo", init_method=f"file://{store.resolve()}", world_size=world, rank=rank)

    @torch.no_grad()
    def meet(self):
        if self.world == 1:
            return
        flat = torch.cat([q.view(-1) for q in self.parameters])
        self.distributed.all_reduce(flat)
        flat /= self.world
        start = 0
        for q in self.parameters:
            q.copy_(flat[start:start + q.numel()].view_as(q))
            start += q.numel()


def seeded(seed, rank):
    torch.set_num_threads(1)
    torch.manual_seed(seed + rank)
    return np.random.default_rng(seed + rank)
