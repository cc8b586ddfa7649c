// What both ends know before the first octet: words that messages of this protocol hold. It is a
// raw-content dictionary of zstd (RFC 8878, 5), and what is likeliest stands last. One that was
// released is never changed: another one has another number, and both are known for a while.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace pulih::hub {

inline constexpr std::uint16_t newest_dictionary = 1;

inline constexpr std::string_view dictionary_1 =
    "abdulachmadadiagungagusahmadaisyahalfianaminahandianggraenianiantoariefarifastutiayubambang"
    "budicahyadedidesidewidianekaerniestifadlifatimahfitrigunawanhadihandokohartonohasanhendra"
    "herihidayatindahirawanirmaismailjokokartikakurniakusumalestarilinamaryanimegamuhammadnurul"
    "nurhayatinovitapermanaprasetyopratamapurnamaputraputriputuwayanmadenyomanketutrahmatrahayu"
    "rahmanratnariniriskirohmansantosasaputrasarisetiawansitisrisubagiosugengsuhartosukmasulistyo"
    "suparmansuryasusantisusilosutrisnotaufiktriutamiwahyuwatiwibowowidodowijayawulandariyanti"
    "yuliyusufyayasan.kesetaraandinas.papuadinas.malukumitra.pelatihanoperator.admin.smkadmin.slb"
    "admin.smaadmin.smpadmin.sdadmin.paudguru.kesetaraanguru.slbguru.smkguru.smaguru.smpguru.paud"
    "guru.sdexample.org$argon2id$v=19$m=65536,t=3,p=1$argon2id$v=19$m=19456,t=2,p=1$";

// The dictionary of this number, if this release knows it.
constexpr std::optional<std::string_view> dictionary(std::uint16_t number) {
  if (number == newest_dictionary) return dictionary_1;
  return std::nullopt;
}

}  // namespace pulih::hub
