#include "rpc/known_head.hpp"

#include <algorithm>

#include "rpc/admission.hpp"

namespace plume::rpc {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Where the value of the field that begins the line at `at` begins, if it is called `name`.
std::optional<size_t> value_at(std::string_view head, size_t at, std::string_view name) {
    const std::string_view line = head.substr(at);
    if (line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
    if (!equals_ignoring_case(line.substr(0, name.size()), name)) return std::nullopt;
    size_t value = at + name.size() + 1;
    while (value < head.size() && (head[value] == ' ' || head[value] == '\t')) ++value;
    return value;
}

}  // namespace

std::optional<KnownHead> KnownHead::of(std::string_view head) {
    constexpr std::string_view line_end = "\r\n";
    if (head.size() > size_max) return std::nullopt;
    for (size_t end = head.find(line_end); end != head.npos; end = head.find(line_end, end + 2)) {
        const auto value = value_at(head, end + 2, "content-length");
        if (!value) continue;
        KnownHead out;
        out.before_ = head.substr(0, *value);
        const std::string_view rest = head.substr(*value);
        out.after_ = rest.substr(
            static_cast<size_t>(std::ranges::find_if_not(rest, is_digit) - rest.begin()));
        return out;
    }
    return std::nullopt;
}

std::optional<KnownHead::Sizes> KnownHead::match(std::string_view text) const {
    if (!text.starts_with(before_)) return std::nullopt;
    size_t at = before_.size();
    const size_t digits_end = std::min(at + length_digits_max, text.size());
    size_t body = 0;
    for (; at < digits_end && is_digit(text[at]); ++at)
        body = 10 * body + static_cast<size_t>(text[at] - '0');
    if (at == before_.size() || !text.substr(at).starts_with(after_)) return std::nullopt;
    return Sizes{at + after_.size(), body};
}

}  // namespace plume::rpc
