#include "rpc/method.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/log.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

Json echo(Ask& ask) {
    return ask[0].given() ? Json(ask[0].text()) : Json(nullptr);
}
Json refuse(Ask&) {
    throw RpcError{3, "no \xff", Json("0x01")};
}
Json break_down(Ask&) {
    throw std::runtime_error("secret");
}
Json large(Ask& ask) {
    return Json(std::string(ask[0].lenient_number(), 'x'));
}
Json late(Ask& ask) {
    const Finish finish = ask.defer();
    std::thread([finish] {
        finish(Json("late"));
        finish(Json("too late"));
    }).detach();
    return "ignored";
}
Json deferred_and_refused(Ask& ask) {
    const Finish finish = ask.defer();
    finish(Json("first"));
    throw RpcError{4, "second"};
}

constexpr Method table[] = {
    {"t_echo", echo, 1},   {"t_refuse", refuse, 0}, {"t_break", break_down, 0},
    {"t_large", large, 1}, {"t_late", late, 0},     {"t_twice", deferred_and_refused, 0},
};

class Methods : public testing::Test {
protected:
    static void SetUpTestSuite() { world_ = std::make_unique<test::RpcWorld>(); }
    static void TearDownTestSuite() { world_.reset(); }

    std::string answer(std::string_view body) const { return router_.answer(body); }
    int code(std::string_view body) const {
        const Json answered = boost::json::parse(answer(body));
        return static_cast<int>(answered.at("error").at("code").as_int64());
    }

    Router router_{world_->services(), std::array{std::span<const Method>(table)}};
    static inline std::unique_ptr<test::RpcWorld> world_;
};

TEST_F(Methods, ids_come_back_as_they_were) {
    for (const char* id : {"1", "0", "-7", "18446744073709551615", "\"a\\\"b\"", "null", "\"\""})
        EXPECT_EQ(answer(R"({"jsonrpc":"2.0","id":)" + std::string(id) +
                         R"(,"method":"t_echo","params":["x"]})"),
                  R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":"x"})");
}

TEST_F(Methods, parameters_may_be_absent_null_or_followed_by_nulls) {
    for (const char* params : {"", R"(,"params":null)", R"(,"params":[])", R"(,"params":[null])",
                               R"(,"params":[null,null,null])"})
        EXPECT_EQ(
            answer(R"({"jsonrpc":"2.0","id":1,"method":"t_echo")" + std::string(params) + "}"),
            R"({"jsonrpc":"2.0","id":1,"result":null})");
}

TEST_F(Methods, too_many_or_named_parameters_are_refused) {
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","id":1,"method":"t_echo","params":["a","b"]})"),
              R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,)"
              R"("message":"too many arguments, want at most 1"}})");
    EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":"t_echo","params":{"a":1}})"), -32602);
}

TEST_F(Methods, an_unknown_method_is_named) {
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","id":1,"method":"foo_bar","params":[]})"),
              R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,)"
              R"("message":"the method foo_bar does not exist/is not available"}})");
    EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":"T_ECHO"})"), -32601);
    EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":""})"), -32601);
}

TEST_F(Methods, what_is_no_json_is_a_parse_error_without_id) {
    for (const char* body : {"", "{", "nope", R"({"jsonrpc":"2.0","id":1)", "\"\xff\"", "[1,]",
                             "01", "{} {}", "\x00", "NaN", "'a'"}) {
        EXPECT_EQ(code(body), -32700) << body;
        EXPECT_TRUE(boost::json::parse(answer(body)).at("id").is_null());
    }
}

TEST_F(Methods, what_is_no_request_is_invalid) {
    for (const char* body :
         {"1", "null", "\"a\"", "{}", R"({"jsonrpc":"2.0","id":1})",
          R"({"jsonrpc":"1.0","id":1,"method":"t_echo"})", R"({"id":1,"method":"t_echo"})",
          R"({"jsonrpc":2.0,"id":1,"method":"t_echo"})", R"({"jsonrpc":"2.0","id":1,"method":7})",
          R"({"jsonrpc":"2.0","id":{},"method":"t_echo"})",
          R"({"jsonrpc":"2.0","id":[],"method":"t_echo"})",
          R"({"jsonrpc":"2.0","id":true,"method":"t_echo"})"})
        EXPECT_EQ(code(body), -32600) << body;
}

TEST_F(Methods, depth_64_is_parsed_and_65_is_not) {
    const auto nested = [](size_t depth) {
        // The request's object and its array of parameters are the first two.
        return R"({"jsonrpc":"2.0","id":1,"method":"t_echo","params":[)" +
               std::string(depth - 2, '[') + std::string(depth - 2, ']') + "]}";
    };
    EXPECT_EQ(code(nested(64)), -32602);
    EXPECT_EQ(code(nested(65)), -32700);
    EXPECT_EQ(code(std::string(1'000'000, '[')), -32700);
}

TEST_F(Methods, a_refusal_keeps_code_and_data_and_becomes_utf8) {
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","id":1,"method":"t_refuse"})"),
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":3,"
              "\"message\":\"no \xef\xbf\xbd\",\"data\":\"0x01\"}}");
}

TEST_F(Methods, a_breakdown_says_nothing_about_itself) {
    log::set_level(log::Level::off);
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","id":1,"method":"t_break"})"),
              R"({"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"internal error"}})");
    log::set_level(log::Level::info);
}

TEST_F(Methods, notifications_are_not_answered) {
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","method":"t_echo"})"), "");
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","method":"foo_bar"})"), "");
    EXPECT_EQ(answer(R"([{"jsonrpc":"2.0","method":"t_echo"}])"), "");
    EXPECT_EQ(answer(R"([{"jsonrpc":"2.0","method":"t_echo"},)"
                     R"({"jsonrpc":"2.0","id":1,"method":"t_echo"}])"),
              R"([{"jsonrpc":"2.0","id":1,"result":null}])");
}

TEST_F(Methods, a_batch_is_answered_in_its_order) {
    EXPECT_EQ(answer(R"([{"jsonrpc":"2.0","id":2,"method":"t_late"},)"
                     R"({"jsonrpc":"2.0","id":1,"method":"t_echo","params":["a"]},7])"),
              R"([{"jsonrpc":"2.0","id":2,"result":"late"},)"
              R"({"jsonrpc":"2.0","id":1,"result":"a"},)"
              R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,)"
              R"("message":"invalid request: not an object"}}])");
    EXPECT_EQ(code("[]"), -32600);
}

TEST_F(Methods, a_batch_of_1000_is_answered_and_one_more_is_not) {
    const auto batch = [](size_t count) {
        std::string out = "[";
        for (size_t i = 0; i < count; ++i)
            out.append(i == 0 ? "" : ",").append(R"({"jsonrpc":"2.0","id":1,"method":"t_echo"})");
        return out + "]";
    };
    EXPECT_EQ(boost::json::parse(answer(batch(1'000))).as_array().size(), 1'000u);
    EXPECT_EQ(code(batch(1'001)), -32005);
}

TEST_F(Methods, answers_end_at_25_mebibytes) {
    const auto body = [](size_t size) {
        return R"({"jsonrpc":"2.0","id":1,"method":"t_large","params":[)" + std::to_string(size) +
               "]}";
    };
    const size_t frame = answer(body(0)).size();
    EXPECT_EQ(answer(body(answer_size_max - frame)).size(), answer_size_max);
    EXPECT_EQ(code(body(answer_size_max - frame + 1)), -32005);

    const std::string batch =
        "[" + body(answer_size_max / 2) + "," + body(answer_size_max / 2) + "," + body(1) + "]";
    const Json answered = boost::json::parse(answer(batch));
    EXPECT_NE(answered.at(0).as_object().if_contains("result"), nullptr);
    EXPECT_EQ(answered.at(1).at("error").at("code"), -32005);
    EXPECT_NE(answered.at(2).as_object().if_contains("result"), nullptr);
}

TEST_F(Methods, each_answer_is_told_once_to_whoever_observes) {
    std::mutex mutex;
    std::vector<std::string> seen;
    Services services = world_->services();
    services.observe = [&](std::string_view method, const Answer& answer,
                           std::chrono::nanoseconds) {
        const std::lock_guard lock(mutex);
        const auto* error = std::get_if<RpcError>(&answer);
        seen.push_back(std::string(method) +
                       (error == nullptr ? "" : " " + std::to_string(error->code)));
    };
    const std::span<const Method> tables[] = {table};
    const Router router(std::move(services), tables);
    for (const char* method : {"t_echo", "t_refuse", "t_twice", "foo_bar"})
        router.answer(R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) + R"("})");
    router.answer("7");
    const std::lock_guard lock(mutex);
    EXPECT_EQ(seen, (std::vector<std::string>{"t_echo", "t_refuse 3", "t_twice", "unknown -32601",
                                              "invalid -32600"}));
}

TEST_F(Methods, the_first_deferred_answer_counts) {
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","id":1,"method":"t_late"})"),
              R"({"jsonrpc":"2.0","id":1,"result":"late"})");
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","id":1,"method":"t_twice"})"),
              R"({"jsonrpc":"2.0","id":1,"result":"first"})");
}

}  // namespace
}  // namespace plume::rpc
