from inspector.calls.chains.trees import Trees
from inspector.calls.links import Evidence, Link
from inspector.views.chain_lines import chain_line
from protocol import loads
from tests.inspector.calls.chains.exchanges import Traffic


def test_a_line_has_the_tree_in_it() -> None:
    traffic = Traffic()
    error = {"message": "no"}
    traffic.add(
        "r", "10.0.0.1:5", "10.0.0.2:8", at=1, until=9, answer=error, error=True
    )
    inner = traffic.add(
        "i", "10.0.0.2:6", "10.0.0.3:8", at=2, until=4, answer=error, error=True
    )
    inner.link = Link(1, Evidence.DATA)
    trees = Trees()
    told = [root for each in traffic.exchanges for root in trees.add(each)]
    (root,) = [*told, *trees.finish()]
    line = loads(chain_line(root))

    assert line["type"] == "chain"
    assert (line["exchanges"], line["depth"], line["packets"]) == (2, 2, 4)
    assert line["critical_path"] == [1, 2]
    assert line["tree"]["failed_by"] == 2
    (child,) = line["tree"]["children"]
    assert child["evidence"] == "data"
    assert child["error"] == "no"
    assert child["children"] == []
