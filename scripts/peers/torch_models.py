"""DNN, DeepFM and MaskNet in PyTorch, as the BARS benchmark configures them for Frappe.

Shared by torch_reference.py (recorded numbers) and torch_ctr.py (training times).
Inputs are codes that are unique across fields: one embedding table holds all fields' rows,
stacked in order. Every model returns logits, and `regulariser` the term added to a batch's loss.
"""

import torch
from torch import nn


def tower(width, hidden_units, batch_norm, dropout):
    """Linear (→ batch norm) → ReLU (→ dropout), once per hidden layer."""
    layers = []
    for units in hidden_units:
        layers.append(nn.Linear(width, units))
        if batch_norm:
            layers.append(nn.BatchNorm1d(units))
        layers.append(nn.ReLU(inplace=True))
        if dropout > 0:
            layers.append(nn.Dropout(dropout))
        width = units
    return nn.Sequential(*layers)


class Click(nn.Module):
    """What the three models share: the embedding table, the tower above and the output."""

    def __init__(self, codes, fields, dim, regularisation):
        super().__init__()
        self.width = fields * dim
        self.regularisation = regularisation
        self.embedding = nn.Embedding(codes, dim)

    def tables(self):
        """The tables that the regulariser covers."""
        return [self.embedding.weight]

    def regulariser(self):
        return sum(self.regularisation / 2 * t.square().sum() for t in self.tables())

    def initialise(self):
        """Embeddings N(0, 1e-4), linear layers Xavier normal with zero bias."""
        for table in self.tables():
            nn.init.normal_(table, std=1e-4)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_normal_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def named(self):
        """(name, tensor) of every parameter; linear weights as [in, out], so y = x·W + b."""
        yield "embedding", self.embedding.weight
        yield from self.own_named()
        index = -1
        for module in self.tower:
            if isinstance(module, nn.Linear):
                index += 1
                yield f"tower.{index}.weight", module.weight
                yield f"tower.{index}.bias", module.bias
            elif isinstance(module, nn.BatchNorm1d):
                yield f"tower.{index}.norm.weight", module.weight
                yield f"tower.{index}.norm.bias", module.bias
        yield "output.weight", self.output.weight
        yield "output.bias", self.output.bias

    def own_named(self):
        return ()


class Dnn(Click):
    def __init__(self, codes, fields, dim=10, hidden_units=(400, 400, 400), batch_norm=True,
                 dropout=0.2, regularisation=0.05):
        super().__init__(codes, fields, dim, regularisation)
        self.tower = tower(self.width, hidden_units, batch_norm, dropout)
        self.output = nn.Linear(hidden_units[-1], 1)

    def forward(self, codes):
        e = self.embedding(codes)
        return self.output(self.tower(e.flatten(1))).squeeze(1)


class DeepFm(Dnn):
    """The tower's logit plus a factorisation machine's over the same embeddings."""

    def __init__(self, codes, fields, dim=10, **settings):
        super().__init__(codes, fields, dim, **settings)
        self.fm_linear = nn.Embedding(codes, 1)

    def tables(self):
        return [self.embedding.weight, self.fm_linear.weight]

    def own_named(self):
        yield "fm_linear", self.fm_linear.weight

    def forward(self, codes):
        e = self.embedding(codes)
        deep = self.output(self.tower(e.flatten(1))).squeeze(1)
        pairs = (e.sum(1).square() - e.square().sum(1)).sum(1) / 2
        return deep + pairs + self.fm_linear(codes).sum((1, 2))


class MaskBlock(nn.Module):
    """dropout(ReLU(LayerNorm(W·(mask ⊙ e)))) with mask = W₂·ReLU(W₁·e)."""

    def __init__(self, width, block_width, reduction_ratio, dropout):
        super().__init__()
        inner = int(width * reduction_ratio)
        self.mask1 = nn.Linear(width, inner)
        self.mask2 = nn.Linear(inner, width)
        self.hidden = nn.Linear(width, block_width, bias=False)
        self.norm = nn.LayerNorm(block_width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, e):
        mask = self.mask2(self.mask1(e).relu_())
        return self.dropout(self.norm(self.hidden(mask * e)).relu_())


class MaskNet(Click):
    """Parallel mask blocks, concatenated, under a tower without batch norm."""

    def __init__(self, codes, fields, dim=10, hidden_units=(400, 400, 400), blocks=3,
                 block_width=50, reduction_ratio=2.0, dropout=0.1, regularisation=0.1):
        super().__init__(codes, fields, dim, regularisation)
        self.blocks = nn.ModuleList(
            MaskBlock(self.width, block_width, reduction_ratio, dropout) for _ in range(blocks))
        self.tower = tower(blocks * block_width, hidden_units, False, dropout)
        self.output = nn.Linear(hidden_units[-1], 1)

    def own_named(self):
        for b, block in enumerate(self.blocks):
            yield f"blocks.{b}.mask1.weight", block.mask1.weight
            yield f"blocks.{b}.mask1.bias", block.mask1.bias
            yield f"blocks.{b}.mask2.weight", block.mask2.weight
            yield f"blocks.{b}.mask2.bias", block.mask2.bias
            yield f"blocks.{b}.hidden.weight", block.hidden.weight
            yield f"blocks.{b}.norm.weight", block.norm.weight
            yield f"blocks.{b}.norm.bias", block.norm.bias

    def forward(self, codes):
        e = self.embedding(codes).flatten(1)
        hidden = torch.cat([block(e) for block in self.blocks], 1)
        return self.output(self.tower(hidden)).squeeze(1)


MODELS = {"dnn": Dnn, "deepfm": DeepFm, "masknet": MaskNet}
