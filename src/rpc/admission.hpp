// What the door lets in, told from the text of a request's head alone. Stricter than RFC 9112 where
// two readers might understand a head differently: what one of them takes for the end of a request
// another might take for the beginning of the next (request smuggling).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plume::rpc {

/// Where the head that begins `text` ends: behind its empty line. Nothing while it is incomplete.
/// In the first `looked_at` bytes it is known not to end.
std::optional<size_t> head_end(std::string_view text, size_t looked_at = 0);

/// Why bytes that have come cannot be the beginning of a head of HTTP/1.x: a first byte that no
/// method has, a line that ends without CR, a control character. Empty when they can. For whole
/// heads and beginnings of one, of which the first `looked_at` bytes are known to be fine.
std::string_view objection_to_bytes(std::string_view text, size_t looked_at = 0);

/// Why a head, with its empty line, is ambiguous: folded lines, white space around a field's name,
/// more than one Host, Content-Length or Transfer-Encoding, both of the latter two, a length that
/// is no number, another coding than "chunked", or "chunked" in HTTP/1.0. Empty when it is not.
std::string_view objection_to_head(std::string_view head);

/// A request's target taken apart: "/x?y", "http://host/x?y" or "*".
struct Target {
    std::string_view authority{};  ///< of an absolute target
    std::string_view path;         ///< without query
};
Target read_target(std::string_view target);

/// A Host header or authority without its port.
std::string_view without_port(std::string_view host);
/// Whether a name, without port, is localhost, 127.0.0.1, [::1] or one of `names`.
bool is_our_name(std::string_view name, const std::vector<std::string>& names);
/// Whether a Content-Type is application/json, whatever parameters follow.
bool is_json(std::string_view type);

/// Whether `origin`, an Origin header (RFC 6454), is listed; "*" lists all.
bool is_listed_origin(std::string_view origin, const std::vector<std::string>& listed);
/// Whether it is a page of this machine: http or https on localhost, 127.0.0.1 or [::1], any port.
bool is_local_origin(std::string_view origin);

/// Whether texts are the same but for the case of ASCII letters.
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace plume::rpc
