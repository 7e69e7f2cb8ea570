#include "rpc/admission.hpp"

#include <gtest/gtest.h>

namespace plume::rpc {
namespace {

std::string head(std::string_view fields, std::string_view line = "POST / HTTP/1.1") {
    return std::string(line) + "\r\n" + std::string(fields) + "\r\n";
}

TEST(Admission, a_head_ends_behind_its_empty_line) {
    EXPECT_EQ(head_end("GET / HTTP/1.1\r\n"), std::nullopt);
    EXPECT_EQ(head_end("GET / HTTP/1.1\r\n\r"), std::nullopt);
    EXPECT_EQ(head_end("GET / HTTP/1.1\r\n\r\nrest"), 18u);
}

TEST(Admission, bytes_that_begin_no_head_are_known_at_once) {
    for (const std::string_view fine : {"", "P", "POST / HTTP/1.1\r", "POST / HTTP/1.1\r\nA: \t1"})
        EXPECT_EQ(objection_to_bytes(fine), "") << fine;
    for (const std::string& bad :
         {std::string("\x16\x03\x01"), std::string("\r\n"), std::string(" GET"), std::string("{"),
          std::string("GET /\n"), std::string("GET / HTTP/1.1\r\nA: 1\n"), std::string("A\rB"),
          std::string("A\0B", 3), std::string("A: \x7f")})
        EXPECT_NE(objection_to_bytes(bad), "") << bad;
}

TEST(Admission, a_plain_head_is_fine) {
    EXPECT_EQ(objection_to_head(head("Host: localhost\r\nContent-Length: 12\r\n")), "");
    EXPECT_EQ(objection_to_head(head("host:localhost\r\ntransfer-encoding: Chunked\r\n")), "");
    EXPECT_EQ(objection_to_head(head("Host: a\r\nX: \r\nContent-Length:0\r\n")), "");
}

TEST(Admission, heads_that_two_readers_might_read_differently_are_not) {
    const auto objection = [](std::string_view fields) {
        return objection_to_head(head("Host: localhost\r\n" + std::string(fields)));
    };
    EXPECT_EQ(objection("Content-Length: 5\r\nContent-Length: 5\r\n"),
              "more than one Content-Length");
    EXPECT_EQ(objection("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
              "both Content-Length and Transfer-Encoding");
    EXPECT_EQ(objection("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
              "more than one Transfer-Encoding");
    for (const char* length : {"+5", "-1", "5, 5", "0x5", "5 5", "", "five"})
        EXPECT_EQ(objection("Content-Length: " + std::string(length) + "\r\n"),
                  "Content-Length is no number")
            << length;
    for (const char* coding : {"gzip, chunked", "chunked, chunked", "identity", "xchunked", "",
                               "chunked;q=1", "\"chunked\""})
        EXPECT_EQ(objection("Transfer-Encoding: " + std::string(coding) + "\r\n"),
                  "Transfer-Encoding is not chunked")
            << coding;
    EXPECT_EQ(objection("X: 1\r\n folded\r\n"), "a header field goes on over a line");
    EXPECT_EQ(objection("Content-Length : 5\r\n"), "a header field with a bad name");
    EXPECT_EQ(objection("Content Length: 5\r\n"), "a header field with a bad name");
    EXPECT_EQ(objection(": 5\r\n"), "a header field without a name");
    EXPECT_EQ(objection("nothing\r\n"), "a header field without a name");
    EXPECT_EQ(objection("Host: localhost\r\n"), "one Host header is needed");
    EXPECT_EQ(objection_to_head(head("X: 1\r\n")), "one Host header is needed");
    EXPECT_EQ(
        objection_to_head(head("Host: a\r\nTransfer-Encoding: chunked\r\n", "POST / HTTP/1.0")),
        "Transfer-Encoding in HTTP/1.0");
}

TEST(Admission, targets_are_taken_apart) {
    const auto parts = [](std::string_view text) {
        const Target target = read_target(text);
        return std::string(target.authority) + " " + std::string(target.path);
    };
    EXPECT_EQ(parts("/"), " /");
    EXPECT_EQ(parts("/livez?x=/y"), " /livez");
    EXPECT_EQ(parts("http://localhost:8545/"), "localhost:8545 /");
    EXPECT_EQ(parts("HTTP://localhost"), "localhost /");
    EXPECT_EQ(parts("http://localhost?x"), "localhost /");
    EXPECT_EQ(parts("http:///x"), " ");
    EXPECT_EQ(parts("*"), " *");
    EXPECT_EQ(parts("localhost:8545"), " localhost:8545");
}

TEST(Admission, names_are_ours_or_not) {
    const std::vector<std::string> names{"node.example"};
    for (const char* host : {"localhost", "LOCALHOST:8545", "127.0.0.1:1", "[::1]", "[::1]:8545",
                             "node.example:80", " localhost "})
        EXPECT_TRUE(is_our_name(without_port(host), names)) << host;
    for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.2", "[::2]", "::1",
                             "node.example.", "@localhost", "", "localhost:80@evil.example",
                             "[::1]evil", "[::1", "localhost:8545.evil"})
        EXPECT_FALSE(is_our_name(without_port(host), names)) << host;
}

TEST(Admission, origins_are_listed_or_local_or_neither) {
    EXPECT_TRUE(is_listed_origin("https://app.example", {"https://app.example"}));
    EXPECT_TRUE(is_listed_origin("https://any.example", {"*"}));
    EXPECT_FALSE(is_listed_origin("https://app.example.evil", {"https://app.example"}));
    EXPECT_FALSE(is_listed_origin("http://app.example", {"https://app.example"}));
    EXPECT_FALSE(is_listed_origin("https://app.example", {}));
    for (const char* origin : {"http://localhost", "http://localhost:3000",
                               "https://127.0.0.1:8443", "http://[::1]:5173"})
        EXPECT_TRUE(is_local_origin(origin)) << origin;
    for (const char* origin :
         {"null", "", "file://", "http://localhost.evil.example", "http://evil.example",
          "ftp://localhost", "localhost", "http://localhost:80@evil.example", "http://"})
        EXPECT_FALSE(is_local_origin(origin)) << origin;
}

TEST(Admission, only_json_is_json) {
    EXPECT_TRUE(is_json("application/json"));
    EXPECT_TRUE(is_json(" Application/JSON ; charset=utf-8"));
    for (const char* type : {"", "text/plain", "application/jsonp", "application/json-rpc", "json"})
        EXPECT_FALSE(is_json(type)) << type;
}

}  // namespace
}  // namespace plume::rpc
