// Memory for C libraries that copy secrets and do not wipe them: what they give back is wiped
// first. Whoever uses libcurl calls this before any other function of it.
#pragma once

namespace pulih::directory {

// Once for the process, whoever calls first. Throws std::bad_alloc.
void let_curl_wipe();

}  // namespace pulih::directory
