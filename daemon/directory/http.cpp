// See http.hpp. libcurl copies what it sends and receives, so its memory is taken from functions
// that wipe it, and OpenSSL is told to wipe what it has decrypted.
#include "daemon/directory/http.hpp"

#include <curl/curl.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>

#include "daemon/directory/wiped_memory.hpp"

namespace pulih::directory {

using central::Unavailable;
using Kind = Unavailable::Kind;

namespace {

constexpr std::size_t most_content = 4 << 20, most_header = 64 << 10, longest_etag = 1'024;
constexpr long fewest_octets_per_second = 64;  // a server that drips is no server

bool is_loopback(std::string_view host) {
  const bool v4 = host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos;
  return host == "localhost" || host == "[::1]" || v4;
}
// RFC 6750, 2.1: what would stand in a header must not end it.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK || text == nullptr) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

struct FreeHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
class Headers {
 public:
  // `value` may be a secret: libcurl's copy is wiped, and so is this one.
  void add(std::string_view name, std::string_view value) {
    accounts::WipedBytes line;
    line.reserve(name.size() + value.size() + 1);
    for (const auto part : {name, value}) line.insert(line.end(), part.begin(), part.end());
    line.push_back('\0');
    auto* longer = curl_slist_append(list_.get(), reinterpret_cast<const char*>(line.data()));
    if (longer == nullptr) throw std::bad_alloc();
    (void)list_.release();
    list_.reset(longer);
  }
  curl_slist* get() const { return list_.get(); }

 private:
  std::unique_ptr<curl_slist, FreeHeaders> list_;
};

// What is under way, as libcurl's callbacks see it.
struct Arriving {
  HttpAnswer answer;
  std::size_t header_octets = 0;
  bool too_much = false;
};

std::size_t take_content(char* octets, std::size_t, std::size_t count, void* into) {
  auto& arriving = *static_cast<Arriving*>(into);
  auto& content = arriving.answer.content;
  arriving.too_much = count > most_content - content.size();
  if (arriving.too_much) return 0;
  content.insert(content.end(), octets, octets + count);
  return count;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return "";
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::size_t take_header(char* octets, std::size_t, std::size_t count, void* into) {
  auto& arriving = *static_cast<Arriving*>(into);
  arriving.header_octets += count;
  arriving.too_much = arriving.header_octets > most_header;
  if (arriving.too_much) return 0;
  const std::string_view line(octets, count);
  const auto colon = std::min(line.find(':'), line.size());
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  const std::string value(trimmed(line.substr(std::min(colon + 1, line.size()))));
  if (line.starts_with("HTTP/")) arriving.answer.etag.clear(), arriving.answer.date.reset();
  if (name == "etag" && value.size() <= longest_etag) arriving.answer.etag = value;
  if (name == "date") {
    if (const auto at = curl_getdate(value.c_str(), nullptr); at > 0)
      arriving.answer.date = accounts::Instant(std::chrono::seconds(at));
  }
  return count;
}

CURLcode wipe_what_was_read(CURL*, void* context, void*) {
  SSL_CTX_set_options(static_cast<SSL_CTX*>(context), SSL_OP_CLEANSE_PLAINTEXT);
  return CURLE_OK;
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    const auto octet = static_cast<unsigned char>(c);
    if (plain)
      encoded += c;
    else
      encoded.append({'%', digits[octet >> 4], digits[octet & 15]});
  }
  return encoded;
}

struct HttpLink::Handles {
  Handles() : multi(curl_multi_init()), easy(curl_easy_init()) {
    if (multi == nullptr || easy == nullptr) throw std::bad_alloc();
  }
  ~Handles() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;

  CURLM* multi;  // keeps the connections
  CURL* easy;
};

HttpLink::HttpLink(HttpPlace place) : place_(std::move(place)) {
  let_curl_wipe();
  handles_ = std::make_unique<Handles>();
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  const bool read = url && curl_url_set(url.get(), CURLUPART_URL, place_.url.c_str(), 0) == 0;
  const auto host = read ? part_of(url.get(), CURLUPART_HOST) : "";
  const auto port = read ? part_of(url.get(), CURLUPART_PORT) : "";
  where_ = host + (port.empty() ? "" : ":" + port);
  const auto scheme = read ? part_of(url.get(), CURLUPART_SCHEME) : "";
  constexpr auto hint = "it is written like https://directory.example.org/scim/v2";
  if (!read || !part_of(url.get(), CURLUPART_USER).empty() ||
      place_.url.find('?') != place_.url.npos || place_.url.find('#') != place_.url.npos) {
    where_ = read ? where_ : "";
    unusable_ = refused("its URL cannot be used", hint);
  } else if (scheme != "https" && !(scheme == "http" && is_loopback(host))) {
    unusable_ = refused("the token and the passwords would go there unencrypted", hint);
  } else if (!is_token(place_.token.reveal())) {
    unusable_ = refused("its token is empty, or has characters that no token has",
                        "look into the file that holds it: one line, as the directory gave it");
  }
}

HttpLink::~HttpLink() = default;

void HttpLink::interrupt() {
  interrupted_ = true;
  curl_multi_wakeup(handles_->multi);
}

Unavailable HttpLink::away(std::string_view what, std::string_view hint) const {
  std::string text("directory ");
  return {text.append(where_).append(": ").append(what).append("; ").append(hint), Kind::away};
}

Unavailable HttpLink::refused(std::string_view what, std::string_view hint) const {
  auto why = away(what, hint);
  why.kind = Kind::refused;
  return why;
}

Unavailable HttpLink::failed(int code) const {
  const auto curl_code = static_cast<CURLcode>(code);
  const auto what = std::string("no answer: ") + curl_easy_strerror(curl_code);
  switch (curl_code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return away(what,
                  "its certificate is not of the authority in `ca`, expired, or for another "
                  "name than the URL's");
    case CURLE_SSL_CACERT_BADFILE:
      return refused(what, "the file in `ca`: certificates in PEM form");
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return away(what, "is it running, and can this machine reach it?");
    default:
      return away(what, "it is tried again");
  }
}

// Who is asked, how it is proven, and for how long.
void HttpLink::prepare(const HttpRequest& request, const std::string& url) {
  CURL* const easy = handles_->easy;
  const auto patience = static_cast<long>(place_.patience.count());
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  // nghttp2 would keep copies of its own.
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, wipe_what_was_read);
  if (!place_.ca.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, place_.ca.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // and no other authority
  }
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // an interrupt does not wait for a name server
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, patience);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, fewest_octets_per_second);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, patience);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, 4 * patience);
  if (request.content == nullptr) return;
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.content->data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.content->size()));
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PATCH");
  // When a connection that was kept breaks without an answer, libcurl sends the request again on
  // another one: a change that was done would be answered "changed", as if it were not.
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

tl::expected<HttpAnswer, Unavailable> HttpLink::ask(const HttpRequest& request) {
  if (unusable_) return tl::unexpected(*unusable_);
  Headers headers;
  headers.add("Authorization: Bearer ", place_.token.reveal());
  headers.add("Accept: ", "application/scim+json, application/json");
  if (!request.if_match.empty()) headers.add("If-Match: ", request.if_match);
  if (request.content != nullptr) headers.add("Content-Type: ", "application/scim+json");
  const auto url = place_.url.substr(0, place_.url.find_last_not_of('/') + 1) + request.target;
  prepare(request, url);
  CURL* const easy = handles_->easy;
  Arriving arriving;
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_content);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &arriving);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &arriving);

  const auto ran = run();
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &arriving.answer.status);
  curl_off_t retry_after = 0;
  curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
  if (retry_after > 0 && retry_after < 100'000)
    arriving.answer.retry_after = static_cast<std::uint32_t>(retry_after);
  curl_easy_reset(easy);  // what it points to ends here
  if (arriving.too_much)
    return tl::unexpected(away("an answer is larger than any should be", "ask its owner"));
  if (!ran) return tl::unexpected(ran.error());
  return std::move(arriving.answer);
}

// Until the one transfer ends.
tl::expected<void, Unavailable> HttpLink::run() {
  CURLM* const multi = handles_->multi;
  CURL* const easy = handles_->easy;
  if (curl_multi_add_handle(multi, easy) != CURLM_OK)
    return tl::unexpected(away("libcurl cannot begin a request", "it is tried again"));
  tl::expected<void, Unavailable> outcome;
  for (int running = 1;;) {
    if (interrupted_) {
      outcome = tl::unexpected(away("this program is stopping", "nothing is to be done"));
      break;
    }
    if (curl_multi_perform(multi, &running) != CURLM_OK) running = -1;
    int left = 0;
    if (const CURLMsg* done = running == 0 ? curl_multi_info_read(multi, &left) : nullptr;
        done != nullptr && done->msg == CURLMSG_DONE) {
      if (done->data.result != CURLE_OK) outcome = tl::unexpected(failed(done->data.result));
      break;
    }
    if (running <= 0 || curl_multi_poll(multi, nullptr, 0, 1'000, nullptr) != CURLM_OK) {
      outcome = tl::unexpected(away("libcurl cannot wait for the answer", "it is tried again"));
      break;
    }
  }
  curl_multi_remove_handle(multi, easy);
  return outcome;
}

}  // namespace pulih::directory
