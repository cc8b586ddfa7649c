// How a message looks: as a line of a chat with its time, or on the small screen of a feature
// phone.
#pragma once
#include <string>

namespace pulih::phone {

std::string time_now();  // "08:00:01"
// "08:00:01  → RESET budi12 guru sd 17081985", further lines indented.
std::string chat_line(const std::string& arrow, const std::string& text);
// A frame of 30 columns with the text folded at spaces.
std::string on_screen(const std::string& sender, const std::string& text);

}  // namespace pulih::phone
