// JWKS: our public keys as others read them, `/.well-known/jwks.json`.
//
// Source    RFC 7517 5; RFC 8037 2
#pragma once

#include <string>
#include <vector>

#include "shared/auth/jwt.hpp"

namespace freshet {

// `{"keys":[{"kty":"OKP","crv":"Ed25519","x":…,"kid":…,"use":"sig","alg":"EdDSA"},…]}`, in the order given.
[[nodiscard]] std::string encode_jwks(const std::vector<VerifyKey>& keys);

}  // namespace freshet
