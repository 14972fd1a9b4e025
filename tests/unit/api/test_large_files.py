@pytest.mark.parametrize("kind", ["ofd", "pdf"])
def test_a_signed_file_above_the_spool_is_signed_again(
    kind: str, bench: Workbench, tmp_path: Path
) -> None:
    """A file that is kept on disk and holds a signature already takes a second one: the first is
    judged on the whole file before and after."""
    first, second = tmp_path / f"1.{kind}", tmp_path / f"2.{kind}"
    given: dict[str, Any] = {
        "key": bench.key("signer"),
        "trust": bench.trust,
        "limits": replace(DEFAULT_LIMITS, spool=100),
    }
    ek.sign(bench.kit.directory / f"sample.{kind}", first, **given)
    receipt = ek.sign(first, second, **given)
    assert receipt.report.verdict is ek.Verdict.PASSED
    assert len(receipt.report.documents[0].signatures) == 2
