#include "rpc/admission.hpp"

#include <algorithm>

namespace plume::rpc {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view local_names[] = {"localhost", "127.0.0.1", "[::1]"};

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// tchar of RFC 9110, 5.6.2.
bool is_token_char(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    const char lower = to_lower(c);
    return is_digit(c) || (lower >= 'a' && lower <= 'z') || marks.find(c) != marks.npos;
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Takes the first line off `text`.
std::string_view take_line(std::string_view& text) {
    const size_t end = std::min(text.find(line_end), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + line_end.size(), text.size()));
    return line;
}

}  // namespace

std::optional<size_t> head_end(std::string_view text, size_t looked_at) {
    const size_t at = text.find("\r\n\r\n", looked_at - std::min<size_t>(looked_at, 3));
    if (at == text.npos) return std::nullopt;
    return at + 4;
}

std::string_view objection_to_bytes(std::string_view text, size_t looked_at) {
    if (!text.empty() && !is_token_char(text.front())) return "not a request of HTTP/1.1";
    for (size_t i = looked_at - std::min<size_t>(looked_at, 1); i < text.size(); ++i) {
        if (!is_control(text[i]) || text[i] == '\t') continue;
        if (text[i] == '\n' && i > 0 && text[i - 1] == '\r') continue;
        const bool ends_a_line = i + 1 == text.size() || text[i + 1] == '\n';
        if (text[i] == '\r' && ends_a_line) continue;
        return text[i] == '\n' ? "a line ends without CR" : "a control character in the head";
    }
    return {};
}

std::string_view objection_to_head(std::string_view head) {
    const std::string_view request_line = take_line(head);
    const bool is_old = request_line.ends_with("HTTP/1.0");
    size_t hosts = 0;
    size_t lengths = 0;
    size_t codings = 0;
    while (!head.empty()) {
        const std::string_view line = take_line(head);
        if (line.empty()) break;
        if (line.front() == ' ' || line.front() == '\t')
            return "a header field goes on over a line";
        const size_t colon = line.find(':');
        if (colon == line.npos || colon == 0) return "a header field without a name";
        const std::string_view name = line.substr(0, colon);
        if (!std::ranges::all_of(name, is_token_char)) return "a header field with a bad name";
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (equals_ignoring_case(name, "host")) ++hosts;
        if (equals_ignoring_case(name, "content-length")) {
            ++lengths;
            const bool is_number = !value.empty() && std::ranges::all_of(value, is_digit);
            if (!is_number) return "Content-Length is no number";
        }
        if (equals_ignoring_case(name, "transfer-encoding")) {
            ++codings;
            if (!equals_ignoring_case(value, "chunked")) return "Transfer-Encoding is not chunked";
        }
    }
    if (hosts != 1) return "one Host header is needed";
    if (lengths > 1) return "more than one Content-Length";
    if (codings > 1) return "more than one Transfer-Encoding";
    if (lengths + codings > 1) return "both Content-Length and Transfer-Encoding";
    if (codings > 0 && is_old) return "Transfer-Encoding in HTTP/1.0";
    return {};
}

Target read_target(std::string_view target) {
    Target out;
    constexpr std::string_view scheme = "http://";
    if (equals_ignoring_case(target.substr(0, scheme.size()), scheme)) {
        target.remove_prefix(scheme.size());
        const size_t end = std::min(target.find_first_of("/?"), target.size());
        out.authority = target.substr(0, end);
        target.remove_prefix(end);
        if (target.empty() || target.front() == '?') target = "/";
        if (out.authority.empty()) target = {};
    }
    out.path = target.substr(0, target.find('?'));
    return out;
}

std::string_view without_port(std::string_view host) {
    host = trimmed(host);
    const size_t name_end = host.starts_with('[') ? host.find(']') : host.find(':');
    if (name_end == host.npos) return host;
    const size_t size = host.starts_with('[') ? name_end + 1 : name_end;
    const std::string_view rest = host.substr(size);
    // What follows a name and is no port makes it another name.
    const bool is_port =
        rest.empty() || (rest.front() == ':' && std::ranges::all_of(rest.substr(1), is_digit));
    return is_port ? host.substr(0, size) : host;
}

bool is_our_name(std::string_view name, const std::vector<std::string>& names) {
    const auto is_it = [&](std::string_view ours) { return equals_ignoring_case(name, ours); };
    return std::ranges::any_of(local_names, is_it) || std::ranges::any_of(names, is_it);
}

bool is_json(std::string_view type) {
    return equals_ignoring_case(trimmed(type.substr(0, type.find(';'))), "application/json");
}

bool is_listed_origin(std::string_view origin, const std::vector<std::string>& listed) {
    return std::ranges::any_of(listed, [&](std::string_view one) {
        return one == "*" || equals_ignoring_case(origin, one);
    });
}

bool is_local_origin(std::string_view origin) {
    const size_t scheme = origin.find("://");
    if (scheme == origin.npos) return false;
    const std::string_view name = origin.substr(0, scheme);
    if (!equals_ignoring_case(name, "http") && !equals_ignoring_case(name, "https")) return false;
    return is_our_name(without_port(origin.substr(scheme + 3)), {});
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

}  // namespace plume::rpc
