// 安全密钥 security keys: says why a key could not be used, where allauth's own script only writes to the console.
"use strict";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const name = event.detail.exception?.name;
  const words = {
    NotAllowedError: "没有完成：操作被取消或已超时，也可能这把密钥不属于本账户。请重试，或改用密码、验证码。",
    SecurityError: "当前地址不能使用安全密钥：需要用域名（不能是 IP 地址）并通过 HTTPS 访问本站。",
    InvalidStateError: "这把密钥已经登记过，不用重复添加。",
    NotSupportedError: "当前浏览器或设备不支持这种安全密钥，请换一种方式。",
  };
  const box = document.createElement("div");
  box.className = "alert alert-warning";
  box.textContent = words[name] ?? "当前浏览器不支持安全密钥，请换用新版浏览器，或改用密码、验证码。";
  const messages = document.getElementById("messages");
  messages.replaceChildren(box);
  messages.scrollIntoView({ block: "nearest" });
});
