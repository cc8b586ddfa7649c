// What an operator hears of, each thing with a message id that never changes and a priority. The
// ids lead to systemd/pulih.catalog, which tells cause and remedy: journalctl -x MESSAGE_ID=...
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace pulih::operators {

// syslog(3), as journald has them.
enum class Priority : std::uint8_t { critical = 2, error = 3, warning = 4, notice = 5, info = 6 };

struct Event {
  std::string_view id;  // sd-id128(3), 32 hexadecimal digits
  Priority priority;
  std::string_view name;
};

namespace event {

inline constexpr Event started{"5efaffe9e9d244ea858765a06fee0d25", Priority::notice, "started"};
inline constexpr Event ready{"42e12a53966e472a921b3334b425f565", Priority::notice, "ready"};
inline constexpr Event stopping{"e20b5dee59544e12aeacbaad814d9d83", Priority::notice, "stopping"};
inline constexpr Event configuration_refused{"8eeb3dc9e2324915870a68b1a3039f2b", Priority::error,
                                             "configuration_refused"};
inline constexpr Event configuration_warning{"ddda29987e7a45b2a814096179040477", Priority::warning,
                                             "configuration_warning"};

inline constexpr Event keys_learnt{"7d1c60d6e3c94a0f9f0f1a5b0a3fd2c8", Priority::notice,
                                   "keys_learnt"};

inline constexpr Event control_unavailable{"0f4c3a7be95d4b6c8e21d07c5a9b6f14", Priority::warning,
                                           "control_unavailable"};

inline constexpr Event carrier_connecting{"ce512383581c47938d5fdc2fa2291da3", Priority::info,
                                          "carrier_connecting"};
inline constexpr Event carrier_bound{"f16fa939284046c48c82ed86c75fcf69", Priority::notice,
                                     "carrier_bound"};
inline constexpr Event carrier_bind_refused{"062437865d8b42bcacd23a9f163454f3", Priority::error,
                                            "carrier_bind_refused"};
inline constexpr Event carrier_lost{"3c1a786ba3c648f6b7c09094a5241b61", Priority::warning,
                                    "carrier_lost"};
inline constexpr Event carrier_reconnecting{"cec39adebcea4653bb588896d940e345", Priority::info,
                                            "carrier_reconnecting"};
inline constexpr Event carrier_garbage{"c499cc66dee94db98a907dafe41026db", Priority::warning,
                                       "carrier_garbage"};
inline constexpr Event carrier_throttled_by_us{"c54661bd50a74dcebe96924298d05f55",
                                               Priority::warning, "carrier_throttled_by_us"};
inline constexpr Event carrier_throttles{"b7c1f0d26e3a4c5f9d18a4730e62b95d", Priority::warning,
                                         "carrier_throttles"};
inline constexpr Event outbound_refused{"978249d156054ed5afd77c682fad940f", Priority::warning,
                                        "outbound_refused"};
inline constexpr Event outbound_expired{"732471aaa0554df1a6f30209a819c68e", Priority::warning,
                                        "outbound_expired"};

inline constexpr Event carrier_tls_files{"d1b7fa0e35c84f6fa2e6947c08b3d25a", Priority::error,
                                         "carrier_tls_files"};
inline constexpr Event outbound_later{"c02f5b8f64ab4bb6a1d8f0a4b1c8735e", Priority::info,
                                      "outbound_later"};
inline constexpr Event outbound_undeliverable{"36d7a8f1c5e94e0b9a62f3d0c4b7e185", Priority::notice,
                                              "outbound_undeliverable"};
inline constexpr Event carrier_stand_in{"8a1f6be07c3d4e52b4c97d20e58a6f31", Priority::warning,
                                        "carrier_stand_in"};

inline constexpr Event store_failed{"51bf1a9a1f2045a68a2542a716a95245", Priority::critical,
                                    "store_failed"};
inline constexpr Event store_slow{"2107165ef86e452d930e63dd39cce293", Priority::warning,
                                  "store_slow"};
inline constexpr Event record_damaged{"c86f579e90ab473eb5542705c633955c", Priority::error,
                                      "record_damaged"};

inline constexpr Event password_applied{"53b651d4520b43e6be089cee89753e08", Priority::info,
                                        "password_applied"};
inline constexpr Event password_not_applied{"7bbb14812b9c4f5488c9c5c043b8e24d", Priority::notice,
                                            "password_not_applied"};
inline constexpr Event operation_given_up{"6bffd63a9f0a4473a86abcf8a84fb45a", Priority::error,
                                          "operation_given_up"};
inline constexpr Event central_unavailable{"e2d3e7a3e96a4626bbd50743e5d58f45", Priority::warning,
                                           "central_unavailable"};
inline constexpr Event central_back{"05fea2c6e6324c7da6c7ede7e1034f36", Priority::notice,
                                    "central_back"};
inline constexpr Event operations_old{"eba1ed829f30405882284ac09c1830da", Priority::warning,
                                      "operations_old"};
inline constexpr Event operations_full{"4d00f7072b9940269c6111df9c9f6f78", Priority::error,
                                       "operations_full"};
inline constexpr Event central_met{"380ed405ec524099b410bbfa1721ff77", Priority::notice,
                                   "central_met"};
inline constexpr Event central_fenced{"a2cf3a92daac404bb214f9856ea05520", Priority::critical,
                                      "central_fenced"};
inline constexpr Event central_fence_raised{"20f3ce30264e413abc340fd2ce7a55b9", Priority::warning,
                                            "central_fence_raised"};
inline constexpr Event central_restored{"a607ad00b2054e3880618da0430eb281", Priority::warning,
                                        "central_restored"};
inline constexpr Event central_replayed{"16776deb20d04156b6f0539b409af11b", Priority::notice,
                                        "central_replayed"};
inline constexpr Event central_replay_differs{"c546f7210a3e43fe8760f6fdf71b44a3", Priority::error,
                                              "central_replay_differs"};
inline constexpr Event replica_first_copy{"44bfde65594b4603ade201a10a1f6909", Priority::notice,
                                          "replica_first_copy"};
inline constexpr Event replica_repaired{"70ebd924d47b45a786d6fd6d3d4f0f04", Priority::warning,
                                        "replica_repaired"};
inline constexpr Event replica_damaged{"1c6204aa21cb4f9bbb262410c4ddd584", Priority::error,
                                       "replica_damaged"};
inline constexpr Event replica_exchanged{"3fdf7e5cc11748a3a42fb6991e9628d8", Priority::notice,
                                         "replica_exchanged"};
inline constexpr Event watermark_stalled{"995d81fadec34948a52d10d57feb80f3", Priority::warning,
                                         "watermark_stalled"};
inline constexpr Event central_refuses{"e805094232f74276b38854b249cd728d", Priority::error,
                                       "central_refuses"};
inline constexpr Event account_paused{"9c195a297137401a82dc38d1aa1c1700", Priority::notice,
                                      "account_paused"};
inline constexpr Event owner_report{"7c017e4be4d049cba3d9f362cf9be812", Priority::warning,
                                    "owner_report"};

inline constexpr Event hashing_queue_full{"4606f99ffb634cefaa588b480d260459", Priority::warning,
                                          "hashing_queue_full"};
inline constexpr Event memory_not_locked{"4f902a20cf1a4b10a4689fedc0a33f0b", Priority::warning,
                                         "memory_not_locked"};
inline constexpr Event clock_jumped{"9c6e7aaa194e41ee8d14ab1334b1e9ca", Priority::warning,
                                    "clock_jumped"};
inline constexpr Event thread_stuck{"77ed100998ea4d808e09797c30353e5e", Priority::critical,
                                    "thread_stuck"};
inline constexpr Event lines_dropped{"b89dc68eae7d43d3bb03e5b4d28b24f7", Priority::warning,
                                     "lines_dropped"};

inline constexpr Event hub_site_connected{"64b1f6f0165585365f7935a5e5fbf9c7", Priority::notice,
                                          "hub_site_connected"};
inline constexpr Event hub_site_lost{"20e1c76b3b822460663dbd686cec2f18", Priority::notice,
                                     "hub_site_lost"};
inline constexpr Event hub_certificate_refused{"3bdc16519749248794c6a217bccff737",
                                               Priority::warning, "hub_certificate_refused"};
inline constexpr Event hub_site_revoked{"d49e815c556775e38b1ea19d0671b47a", Priority::notice,
                                        "hub_site_revoked"};
inline constexpr Event hub_sites_unreadable{"988b594671d4ba8df2031a21be6db303", Priority::error,
                                            "hub_sites_unreadable"};
inline constexpr Event hub_handshake_failed{"676584f5185fe417cd40757b3aae4aec", Priority::info,
                                            "hub_handshake_failed"};
inline constexpr Event hub_full{"1818f2c7378cc2f1a1531f603e88325c", Priority::warning, "hub_full"};

inline constexpr Event directory_unavailable{"c15d95f5bf7c4090b30d1cbfd69a5112", Priority::warning,
                                             "directory_unavailable"};
inline constexpr Event directory_unusable{"920dd2c0f49e4de0bee53097dcb3e597", Priority::warning,
                                          "directory_unusable"};
inline constexpr Event directory_not_believed{"f61b10b29bfc4ab8ae8d6ddba1c2722f", Priority::error,
                                              "directory_not_believed"};
inline constexpr Event directory_not_sealed{"2eb50ca097d347d1af53e910639ceb87", Priority::error,
                                            "directory_not_sealed"};
inline constexpr Event directory_refused{"15de0d084cb7441eb3f8269e553d5652", Priority::notice,
                                         "directory_refused"};

// Of all, for the test that looks each up in the catalog.
inline constexpr std::array all = {started,
                                   ready,
                                   stopping,
                                   configuration_refused,
                                   configuration_warning,
                                   keys_learnt,
                                   control_unavailable,
                                   carrier_connecting,
                                   carrier_bound,
                                   carrier_bind_refused,
                                   carrier_lost,
                                   carrier_reconnecting,
                                   carrier_garbage,
                                   carrier_throttled_by_us,
                                   carrier_throttles,
                                   outbound_refused,
                                   outbound_expired,
                                   carrier_tls_files,
                                   outbound_later,
                                   outbound_undeliverable,
                                   carrier_stand_in,
                                   store_failed,
                                   store_slow,
                                   record_damaged,
                                   password_applied,
                                   password_not_applied,
                                   operation_given_up,
                                   central_unavailable,
                                   central_back,
                                   operations_old,
                                   operations_full,
                                   central_met,
                                   central_fenced,
                                   central_fence_raised,
                                   central_restored,
                                   central_replayed,
                                   central_replay_differs,
                                   replica_first_copy,
                                   replica_repaired,
                                   replica_damaged,
                                   replica_exchanged,
                                   watermark_stalled,
                                   central_refuses,
                                   account_paused,
                                   owner_report,
                                   hashing_queue_full,
                                   memory_not_locked,
                                   clock_jumped,
                                   thread_stuck,
                                   lines_dropped,
                                   hub_site_connected,
                                   hub_site_lost,
                                   hub_certificate_refused,
                                   hub_site_revoked,
                                   hub_sites_unreadable,
                                   hub_handshake_failed,
                                   hub_full,
                                   directory_unavailable,
                                   directory_unusable,
                                   directory_not_believed,
                                   directory_not_sealed,
                                   directory_refused};

}  // namespace event
}  // namespace pulih::operators
