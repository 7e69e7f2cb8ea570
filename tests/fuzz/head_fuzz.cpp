// A head that is let in is read by Beast's parser as it stands: one Host, at most one way to tell
// where the body ends, and nothing left over.
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "base/result.hpp"
#include "rpc/admission.hpp"

namespace http = boost::beast::http;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace plume::rpc;
    using plume::check;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = head_end(text);
    const std::string_view head = text.substr(0, end.value_or(text.size()));
    for (size_t at = 0; at <= head.size(); at += 1 + head.size() / 8) {
        const bool is_fine = objection_to_bytes(head.substr(0, at)).empty();
        check(is_fine || !objection_to_bytes(head).empty(), "what begins badly is bad");
    }
    if (!end || !objection_to_bytes(head).empty() || !objection_to_head(head).empty()) return 0;

    http::request_parser<http::string_body> parser;
    boost::system::error_code error;
    const size_t used = parser.put(boost::asio::buffer(head), error);
    if (error) return 0;
    check(parser.is_header_done(), "a whole head is read as one");
    check(used == head.size(), "nothing of it is left over");
    const auto& fields = parser.get();
    check(fields.count(http::field::host) == 1, "it has one host");
    const size_t ways =
        fields.count(http::field::content_length) + fields.count(http::field::transfer_encoding);
    check(ways <= 1, "its body ends in one way");
    check(parser.chunked() == (fields.count(http::field::transfer_encoding) == 1),
          "a coding is chunked");
    (void)is_our_name(without_port(fields[http::field::host]), {});
    (void)read_target(fields.target());
    (void)is_local_origin(fields[http::field::origin]);
    (void)is_json(fields[http::field::content_type]);
    return 0;
}
