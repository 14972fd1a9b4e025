"""Texts of checks: reason → (中文, English[, 建议, advice]).

A finding without a reason code of its own is looked up as ``CHECK:OUTCOME``; deviations as
``deviation:ID``; reservations and verdict reasons by their code, which is the check's id where
no reason is named.  An error met inside a document becomes the reason of a check, so every
error is a reason too.  The tables of the rooms are kept apart and joined here; what they leave
out is said with the check's title.
"""

from __future__ import annotations

from esealkit.words import of_errors, of_modes, of_ofd, of_pdf_reading, of_pictures, of_seal

__all__ = ["REASONS", "TITLES"]

TITLES: dict[str, tuple[str, str]] = {
    "container.form": ("文件容器", "file container"),
    "document.form": ("文档结构", "document structure"),
    "document.encryption": ("文档加密", "document encryption"),
    "document.resources": ("文档资源", "document resources"),
    "document.signature_list": ("签名列表", "signature list"),
    "document.entries": ("文件清单（防夹带）", "file list against smuggling"),
    "signature.form": ("签章数据格式", "form of the seal signature"),
    "signature.value": ("签名值", "signature value"),
    "document.digest": ("原文杂凑", "data hash"),
    "document.references": ("受保护部件的杂凑", "digests of the protected parts"),
    "document.coverage": ("保护范围", "coverage"),
    "document.changes": ("盖章后的改动", "changes after signing"),
    "document.path_binding": ("签名位置", "place of the signature"),
    "signature.relative": ("所依据的签名", "the signature it builds on"),
    "signature.mark": ("签名图样", "picture of the mark"),
    "seal.form": ("印章数据格式", "form of the seal"),
    "seal.maker_signature": ("制章者签名", "seal maker's signature"),
    "seal.maker_chain": ("制章者证书链", "seal maker's certificate path"),
    "seal.maker_authority": ("制章权", "seal maker's authority"),
    "seal.maker_key_usage": ("制章者证书密钥用法", "seal maker's key usage"),
    "seal.maker_validity": ("制章者证书有效期", "seal maker's certificate validity"),
    "seal.maker_revocation": ("制章者证书吊销状态", "seal maker's revocation status"),
    "seal.validity": ("印章有效期", "seal validity"),
    "seal.created": ("制章日期", "date the seal was made"),
    "seal.timestamp": ("印章时间戳", "time stamp of the seal"),
    "seal.timestamp_revocation": (
        "印章时间戳服务证书吊销状态",
        "revocation status of the seal's time stamp authority",
    ),
    "seal.same_as_embedded": ("印章文件与签章内印章的一致性", "equality of Seal.esl and the seal"),
    "seal.picture": ("印章图像", "seal picture"),
    "seal.status": ("印章状态", "seal status"),
    "signer.chain": ("签章者证书链", "signer's certificate path"),
    "signer.key_usage": ("签章者证书密钥用法", "signer's key usage"),
    "signer.validity": ("签章者证书有效期", "signer's certificate validity"),
    "signer.revocation": ("签章者证书吊销状态", "signer's revocation status"),
    "signer.in_seal": ("签章者与印章的绑定", "signer on the seal's list"),
    "time.rules": ("签章时间", "signing time"),
    "time.stamp": ("时间戳", "time stamp"),
    "time.stamp_revocation": (
        "时间戳服务证书吊销状态",
        "revocation status of the time stamp authority",
    ),
    "stamp.visible": ("印章外观是否可见", "stamps can be seen"),
    "stamp.boundary": ("印章外观的尺寸", "size of the stamps"),
    "stamp.seam": ("骑缝章拼合", "slices of the seam stamp"),
    "stamp.overlap": ("印章外观的重叠", "stamps over one another"),
    "stamp.lookalike": ("无签名的印章图样", "seal pictures without a signature"),
    "expectation": ("期望的印章", "expected seals"),
}
"""Check id → title."""

_OUTCOMES = {
    "": ("{title}未通过检查", "{title}: not passed"),
    ":passed": ("{title}：通过", "{title}: passed"),
    ":failed": ("{title}：不通过", "{title}: failed"),
    ":unknown": ("{title}：无法判定", "{title}: cannot be decided"),
    ":not_applicable": ("{title}：不适用", "{title}: not applicable"),
}

REASONS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {
    **{
        f"{check}{outcome}": (zh.format(title=title[0]), en.format(title=title[1]))
        for check, title in TITLES.items()
        for outcome, (zh, en) in _OUTCOMES.items()
    },
    **of_errors.ERRORS,
    **of_ofd.REASONS,
    **of_modes.REASONS,
    **of_pdf_reading.REASONS,
    **of_seal.REASONS,
    **of_pictures.NOTICES,
}
