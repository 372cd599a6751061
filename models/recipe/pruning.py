"""Where the student starts: the teacher with fewer neurons in each feed-forward block, found without training.

Neurons go one at a time, always the one whose loss the others can best make up for, and the rest are refitted: optimal
brain surgeon (Hassibi and Stork, 1992) on the block's output, whose error is quadratic in the outgoing weights. Each
block is fitted to what the whole network's block adds, given what the pruned layers before it pass on.
"""
import torch
import torch.nn.functional as F

from student import Student, grouped


@torch.no_grad()
def surviving(products, targets, count):
    """The `count` neurons to keep, of which the last row of `products` (the bias) is not one; O(n^3).

    `products` is E[h h^T] of the neurons' activations h and a 1; `targets` E[h y^T] for the wanted outputs y.
    """
    inverse = torch.linalg.inv(products)
    weights, alive = inverse @ targets, torch.ones(len(products), dtype=torch.bool)
    for _ in range(len(products) - 1 - count):
        cost = weights.pow(2).sum(1) / inverse.diagonal()
        cost[~alive] = cost[-1] = float("inf")
        worst = int(cost.argmin())
        share = inverse[:, worst] / inverse[worst, worst]
        weights -= torch.outer(share, weights[worst])
        inverse -= torch.outer(share, inverse[worst].clone())
        alive[worst] = False
        weights[worst], inverse[worst, :], inverse[:, worst], inverse[worst, worst] = 0, 0, 0, 1
    return alive[:-1].nonzero().view(-1)


@torch.no_grad()
def pruned(whole, inner, tokens, rows, damping=1e-4):
    """A student of `inner` neurons a block, fitted on some rows of texts."""
    student = Student(**dict(whole.shape, inner=inner))
    kept = {name: value for name, value in whole.state_dict().items() if ".up." not in name and ".down." not in name}
    student.load_state_dict(kept, strict=False)
    groups = [tokens.padded(group) for group in grouped(tokens.lengths, rows, 6000)]
    masks = [mask for _, mask in groups]
    wanted = [whole.norm(whole.word(ids) + whole.position.weight[:ids.shape[1]]) for ids, _ in groups]
    passed = [states.clone() for states in wanted]
    size = whole.shape["inner"] + 1
    for number, (old, new) in enumerate(zip(whole.layers, student.layers)):
        products, targets, count = torch.zeros(size, size, dtype=torch.float64), torch.zeros(size, whole.shape["width"], dtype=torch.float64), 0
        for i, mask in enumerate(masks):
            visible = mask[:, None, None, :]
            before, passed[i] = old.attended(wanted[i], visible), old.attended(passed[i], visible)
            after = before + old.down(F.gelu(old.up(before)))
            hidden = F.gelu(old.up(passed[i]))[mask]
            hidden = torch.cat([hidden, torch.ones(len(hidden), 1)], 1)
            products += (hidden.T @ hidden).double()
            targets += (hidden.T @ (after - passed[i])[mask]).double()
            count += len(hidden)
            wanted[i] = old.norm2(after)
        products /= count
        targets /= count
        products += torch.eye(size, dtype=torch.float64) * damping * products.diagonal()[:-1].mean()
        keep = surviving(products, targets, inner)
        chosen = torch.cat([keep, torch.tensor([size - 1])])
        fitted = torch.linalg.solve(products[chosen][:, chosen], targets[chosen]).float()
        new.up.weight.copy_(old.up.weight[keep])
        new.up.bias.copy_(old.up.bias[keep])
        new.down.weight.copy_(fitted[:-1].T)
        new.down.bias.copy_(fitted[-1])
        passed = [new.norm2(states + new.down(F.gelu(new.up(states)))) for states in passed]
        alike = sum(F.cosine_similarity(a[m], b[m], dim=1).sum() for a, b, m in zip(wanted, passed, masks)) / count
        print(f"layer {number}: {len(keep)} of {size - 1} neurons, cosine of its states {alike:.4f}", flush=True)
    return student
