from w2vcore.kernels._contract import Selector

class AllRowsSelector(Selector):
    def __init__(self, size: int) -> None: ...
