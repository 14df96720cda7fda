#include "shared/auth/jwks.hpp"

#include "shared/json.hpp"
#include "shared/text.hpp"

namespace freshet {

std::string encode_jwks(const std::vector<VerifyKey>& keys) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().key("keys").begin_array();
  for (const auto& key : keys) {
    const std::string_view bytes(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
    writer.begin_object().field("kty", "OKP").field("crv", "Ed25519").field("x", base64url_encode(bytes)).field("kid", key.kid);
    writer.field("use", "sig").field("alg", "EdDSA").end_object();
  }
  writer.end_array().end_object();
  return out;
}

}  // namespace freshet
