// A verifier as octets: an argon2id string in PHC form is two thirds of base64, which no compressor
// takes back, so salt and hash travel as they are. Any other verifier travels as its text.
#pragma once
#include "daemon/accounts/password.hpp"
#include "daemon/hub/octets.hpp"

namespace pulih::hub {

inline constexpr std::size_t most_verifier = 512;

void put_verifier(Writer& out, const accounts::Verifier& verifier);
accounts::Verifier get_verifier(Reader& in);

}  // namespace pulih::hub
