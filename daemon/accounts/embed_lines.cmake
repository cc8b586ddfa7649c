# cmake -D NAME=… -D TEXT=… -D SOURCE=… -P embed_lines.cmake
# Writes SOURCE, a C++ file in which pulih::accounts::NAME() is the lines of TEXT, sorted and without
# '#' comments (word_lists.hpp). A line of anything but a–z and 0–9 stops the build.
file(STRINGS ${TEXT} lines)
list(FILTER lines EXCLUDE REGEX "^#")
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^[a-z0-9]+$")
    message(FATAL_ERROR "${TEXT}: \"${line}\" is not in normal form: write a-z and 0-9 only")
  endif()
endforeach()
list(SORT lines)
list(LENGTH lines before)
list(REMOVE_DUPLICATES lines)
list(LENGTH lines count)
if(NOT before EQUAL count)
  message(FATAL_ERROR "${TEXT}: the same line stands twice; find it with: sort ${TEXT} | uniq -d")
endif()
list(JOIN lines "\",\n    \"" quoted)
file(WRITE ${SOURCE} "#include \"daemon/accounts/word_lists.hpp\"

namespace pulih::accounts {

std::span<const std::string_view> ${NAME}() {
  static constexpr std::string_view lines[${count}] = {
    \"${quoted}\"};
  return lines;
}

}  // namespace pulih::accounts
")
