// The hub's end of mutual TLS 1.3: its own certificate, and that of whoever connects, which must be
// there. Which certificates are welcome is not decided here but by their fingerprints.
#pragma once
#include <optional>

#include "daemon/hub/sites.hpp"
#include "protocols/smpp/tls.hpp"

namespace pulih::hub {

// The error says what, where and what to do.
tl::expected<smpp::TlsContext, std::string> load_server_tls(
    const std::filesystem::path& certificate, const std::filesystem::path& key);

// Of the peer of this SSL*, after its handshake.
std::optional<CertificateHash> peer_certificate(void* ssl);

}  // namespace pulih::hub
