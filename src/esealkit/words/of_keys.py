"""Words of keys in devices: tokens, PINs, profiles, URIs."""

from __future__ import annotations

__all__ = ["ERRORS"]

_PROBE_ZH = "请运行 esealkit keys probe URI 查明该设备各机制的行为。"
_PROBE_EN = "Run `esealkit keys probe URI` to find out what the device's mechanisms do."
_WRONG_ZH = "该签名未被使用。请换用接受 e 值的机制，或运行 esealkit keys probe URI。"
_WRONG_EN = (
    "The signature was not used. Choose a mechanism that takes e, or run `esealkit keys probe URI`."
)

ERRORS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {
    # URIs
    "key.uri_name": (
        "密钥 URI 中的属性 {name} 未知、重复或缺少取值",
        "the key URI has an attribute {name} that is unknown, repeated or without a value",
        "pkcs11: 的属性见 RFC 7512；特殊字符用 %XX 表示。",
        "RFC 7512 lists the attributes of pkcs11:; write special characters as %XX.",
    ),
    "key.uri_value": (
        "密钥 URI 中 {name} 的值无效",
        "the value of {name} in the key URI is not valid",
    ),
    "key.uri_pins": (
        "密钥 URI 同时给出了 pin-value 和 pin-source",
        "the key URI gives both pin-value and pin-source",
        "只保留一个；口令宜放在文件中，用 pin-source 或 --pin-file 指明。",
        "Keep one; a PIN belongs in a file, named by pin-source or --pin-file.",
    ),
    "key.pin_source": (
        "pin-source 不是文件（{found}）",
        "pin-source is not a file ({found})",
        "不执行命令，也不访问网络；请给出文件路径。",
        "Commands are not run and nothing is fetched; give the path of a file.",
    ),
    "usage.consent": (
        "探测会使用私钥签名，需要明确同意",
        "probing signs with the key and needs consent",
        "请加 --yes。",
        "Add --yes.",
    ),
    # finding the device and the key
    "token.no_module": (
        "密钥 URI 没有指明 PKCS#11 库",
        "the key URI names no PKCS#11 library",
        "请加上 ?module-path=厂商库的路径。",
        "Add ?module-path= with the path of the vendor's library.",
    ),
    "token.module_missing": (
        "找不到设备库 {path}",
        "the device library {path} does not exist",
        "请安装厂商的驱动，并给出库文件的完整路径。",
        "Install the vendor's driver and give the library's full path.",
    ),
    "token.module_load": (
        "无法装入设备库 {path}：{reason}",
        "the device library {path} cannot be loaded: {reason}",
        "库的位数（32/64 位）须与 Python 相同；32 位厂商库需用 32 位 Python。",
        "The library must have the same width as Python; a 32-bit library needs a 32-bit Python.",
    ),
    "token.module_kind": (
        "{path} 不是可用的设备库",
        "{path} is not a usable device library",
        "请确认 URI 的类型（pkcs11、skf、sdf、oes）与库相符。",
        "Check that the URI's scheme (pkcs11, skf, sdf, oes) fits the library.",
    ),
    "token.none": (
        "没有符合 URI 的设备（现有：{present}）",
        "no token fits the URI (present: {present})",
        "请插入设备，或用 esealkit keys list 查看。",
        "Insert the token, or look with `esealkit keys list`.",
    ),
    "token.several": (
        "有多个设备符合 URI：{labels}",
        "several tokens fit the URI: {labels}",
        "请在 URI 中写明 token= 或 serial=。",
        "Name token= or serial= in the URI.",
    ),
    "token.no_key": (
        "设备中没有符合 URI 的私钥",
        "the token holds no private key that fits the URI",
        "请用 esealkit keys list 查看设备中的密钥；私钥可能需要登录后才可见。",
        "Look with `esealkit keys list`; private keys may show only after login.",
    ),
    "token.no_public_key": (
        "设备没有给出私钥 {label} 的公钥，也没有证书",
        "the token gives neither a public key nor a certificate for the key {label}",
        "请用 --cert 给出签名证书。",
        "Give the signing certificate with --cert.",
    ),
    "token.several_keys": (
        "有多个私钥符合条件：{labels}",
        "several private keys fit: {labels}",
        "请在 URI 中写明 object= 或 id=，或用 --cert 给出签名证书。",
        "Name object= or id= in the URI, or give the signing certificate with --cert.",
    ),
    "token.no_such": (
        "设备中没有 URI 指明的 {what}（现有：{present}）",
        "the device has no {what} of that name (it has: {present})",
    ),
    "token.name_needed": (
        "URI 没有指明 {what}，设备中有：{present}",
        "the URI names no {what}; the device has: {present}",
        "请在 URI 中写明 {what}=名称。",
        "Name {what}= in the URI.",
    ),
    "token.no_index": (
        "设备中没有索引为 {index} 的 SM2 签名密钥（{name}）",
        "the device has no SM2 signing key with index {index} ({name})",
    ),
    "token.no_function": (
        "设备库没有函数 {function}",
        "the device library lacks the function {function}",
    ),
    "token.key_gone": (
        "设备重新连接后找不到原来的密钥 {label}",
        "after the device came back its key {label} is not there any more",
    ),
    "token.only_encryption": (
        "只有加密证书，不能用于签名",
        "there is only an encryption certificate, which must not sign",
        "双证设备中请选择签名密钥和签名证书。",
        "A token with two pairs has a signing key and certificate; choose those.",
    ),
    "token.not_sm2_certificate": (
        "证书的公钥不是 SM2",
        "the certificate's public key is not SM2",
    ),
    "token.not_sm2_key": (
        "密钥 {label} 不是 SM2 密钥",
        "the key {label} is not an SM2 key",
    ),
    "token.ecdsa_only": (
        "密钥 {label} 是 SM2 曲线上的普通 EC 密钥，设备只会做 ECDSA 签名，不是 SM2",
        "the key {label} is a plain EC key on the SM2 curve: the token would sign ECDSA, not SM2",
        "请在支持 SM2 的设备中生成密钥。",
        "Make the key in a device that supports SM2.",
    ),
    "token.no_mechanism": (
        "设备 {device} 没有型号描述 {profile} 中的 SM2 签名机制（设备提供：{offered}）",
        "the token {device} has no SM2 mechanism of profile {profile} (it has: {offered})",
        _PROBE_ZH,
        _PROBE_EN,
    ),
    "token.no_z_only": (
        "设备 {device} 的机制只对消息做 SM3，不含 Z，其签名不符合 GB/T 32918",
        "the token {device} hashes messages without Z; its signatures do not follow GB/T 32918",
        "请让厂商提供接受 e 值（32 字节摘要）的机制。",
        "Ask the vendor for the mechanism that takes e, the 32-byte digest.",
    ),
    # profiles
    "profile.unknown": (
        "没有名为 {name} 的设备描述（已有：{known}）",
        "there is no device profile {name} (known: {known})",
    ),
    "profile.syntax": (
        "设备描述文件 {path} 无法读取：{reason}",
        "the profile file {path} cannot be read: {reason}",
    ),
    "profile.row": (
        "设备描述文件 {path} 中的 {name} 无效：{reason}",
        "profile {name} in {path} is not valid: {reason}",
    ),
    # PINs
    "token.pin_required": (
        "设备 {device} 需要口令",
        "the token {device} needs a PIN",
        "请用 --pin-file 提供口令。",
        "Give the PIN with --pin-file.",
    ),
    "token.pin_needed_again": (
        "设备 {device} 再次要求口令，而口令只能使用一次",
        "the token {device} asks for the PIN again, which was given for one login only",
        "需要重复登录时，请以可调用对象提供口令。",
        "Give the PIN as a callable where it may be needed again.",
    ),
    "token.pin_rejected": (
        "设备口令不正确",
        "the token did not accept the PIN",
        "不会自动重试；多次输错将锁定设备。",
        "It is not tried again by itself; more wrong PINs lock the token.",
    ),
    "token.pin_attempts": (
        "设备口令不正确，还可尝试 {attempts} 次",
        "the token did not accept the PIN; {attempts} tries are left",
        "不会自动重试；次数用完后设备将锁定。",
        "It is not tried again by itself; after the last try the token locks.",
    ),
    "token.pin_length": ("口令长度不符合设备要求", "the PIN's length is not what the token wants"),
    "token.pin_expired": (
        "设备口令已过期",
        "the token's PIN has expired",
        "请用厂商的管理工具修改口令。",
        "Change it with the vendor's tool.",
    ),
    "token.pin_unset": (
        "设备尚未设置用户口令",
        "the token's user PIN was never set",
        "请用厂商的管理工具初始化。",
        "Initialise it with the vendor's tool.",
    ),
    "token.pin_locked": (
        "设备口令已锁定",
        "the token's PIN is locked",
        "请由管理员用厂商的工具解锁。",
        "An administrator can unlock it with the vendor's tool.",
    ),
    "token.right_refused": (
        "设备 {device} 拒绝授予私钥使用权限（{code}）",
        "the device {device} refused the right to use the key ({code})",
        "请检查私钥访问控制码；三未信安设备的索引需加 10000，可用 x-profile=sansec。",
        "Check the key's password; Sansec devices count indexes from 10000: x-profile=sansec.",
    ),
    "token.last_try": (
        "设备 {device} 只剩最后一次口令机会，未尝试",
        "the token {device} has one try left; it was not spent",
        "请先用厂商工具确认口令；程序可用接受 PinRequest 的回调明确同意。",
        "Check the PIN with the vendor's tool first; a program may agree with a callback that "
        "takes a PinRequest.",
    ),
    # failures in use
    "token.removed": (
        "设备已拔出或没有响应（{name}）",
        "the token was removed or does not answer ({name})",
        "请重新插入设备后再试；已写完的文件不受影响。",
        "Insert it and try again; files already written are complete.",
    ),
    "token.not_logged_in": (
        "设备的登录状态已丢失（{function}）",
        "the login to the token was lost ({function})",
    ),
    "token.cancelled": (
        "操作在设备上被取消（{function}）",
        "the operation was cancelled on the device ({function})",
    ),
    "token.failed": (
        "设备函数 {function} 失败：{name}",
        "the device function {function} failed: {name}",
    ),
    "token.busy": (
        "设备 {device} 的会话在 {seconds} 秒内均被占用",
        "every session of the token {device} was in use for {seconds} seconds",
    ),
    "token.timeout": (
        "设备 {device} 在 {seconds} 秒内没有完成操作",
        "the device {device} did not finish within {seconds} seconds",
        "可能在等待按键或输入口令；可在 URI 中用 x-timeout 延长。",
        "It may wait for a button or a PIN; x-timeout in the URI allows more.",
    ),
    "token.forked": (
        "设备连接属于父进程",
        "the connection to the device belongs to the parent process",
        "请在子进程中重新打开密钥；multiprocessing 宜用 spawn。",
        "Open the key anew in the child; with multiprocessing use spawn.",
    ),
    "token.message_only": (
        "设备 {device} 自行计算摘要，不接受 e 值",
        "the device {device} hashes by itself and does not take e",
    ),
    "token.too_large": (
        "内容过大（{length} 字节），不能存入设备",
        "the content is too large for a device ({length} bytes)",
    ),
    "token.stored_already": (
        "设备中已有名为 {name} 的对象",
        "the token already holds an object named {name}",
        "请换用其他名称，或先用厂商工具删除。",
        "Use another name, or delete it with the vendor's tool first.",
    ),
    "token.stored_differs": (
        "从设备读回的内容与写入的不同",
        "what was read back from the device is not what was stored",
    ),
    "signing.not_by_plugin": (
        "通过印章插件盖章时不支持 {what}",
        "stamping through a seal plug-in does not go with {what}",
    ),
    "oes.failed": (
        "印章插件的函数 {function} 失败（{number}）：{text}",
        "the plug-in's function {function} failed ({number}): {text}",
    ),
    "remote.no_certificate": (
        "签名服务 {url} 没有给出证书",
        "the signing service {url} gave no certificate",
    ),
    "remote.refused": (
        "签名服务 {url} 拒绝了请求（{status}）",
        "the signing service {url} refused the request ({status})",
        "请确认 x-client 指明的客户端证书已获授权。",
        "Check that the client certificate named by x-client is authorised.",
    ),
    # what came back
    "token.signature_form": (
        "设备 {device} 返回的 {length} 字节不是 SM2 签名",
        "the {length} bytes that the device {device} returned are no SM2 signature",
        _PROBE_ZH,
        _PROBE_EN,
    ),
    "token.signed_e": (
        "设备 {device} 的签名未通过校验",
        "the signature of the device {device} did not verify",
        _WRONG_ZH,
        _WRONG_EN,
    ),
    "token.signed_e_hashed": (
        "设备 {device} 对 e 值又做了一次摘要",
        "the device {device} hashed e once more before signing",
        _WRONG_ZH,
        _WRONG_EN,
    ),
    "token.signed_no_z": (
        "设备 {device} 签名时没有计算 Z，仅对消息做 SM3",
        "the device {device} signed SM3 of the message without Z",
        _WRONG_ZH,
        _WRONG_EN,
    ),
    "token.signed_empty_id": (
        "设备 {device} 计算 Z 时使用了空的签名者标识",
        "the device {device} computed Z with an empty signer id",
        _WRONG_ZH,
        _WRONG_EN,
    ),
    "token.signed_hashed_twice": (
        "设备 {device} 对消息做了两次摘要",
        "the device {device} hashed the message twice",
        _WRONG_ZH,
        _WRONG_EN,
    ),
    "token.signed_sha256": (
        "设备 {device} 使用了 SHA-256 而不是 SM3",
        "the device {device} used SHA-256 instead of SM3",
        _WRONG_ZH,
        _WRONG_EN,
    ),
    "token.signed_ecdsa": (
        "设备 {device} 做的是 ECDSA 签名，不是 SM2",
        "the device {device} signed ECDSA, not SM2",
        _WRONG_ZH,
        _WRONG_EN,
    ),
    "token.signed_swapped": (
        "设备 {device} 返回的 r 与 s 顺序颠倒",
        "the device {device} returned r and s in the wrong order",
        _WRONG_ZH,
        _WRONG_EN,
    ),
    "token.signed_unknown": (
        "设备 {device} 的签名与证书的公钥不符",
        "the signature of the device {device} does not belong to the certificate's key",
        "可能选错了密钥（例如加密密钥）。该签名未被使用；请运行 esealkit keys list URI。",
        "The key may be the wrong one (the encryption key?). The signature was not used; run "
        "`esealkit keys list URI`.",
    ),
}
