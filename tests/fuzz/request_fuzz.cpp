// Whatever a body holds, the answer is one of JSON-RPC 2.0: on a small chain with a block or two,
// in a world that is made anew when it has been asked for much.
#include "support/rpc_world.hpp"

namespace {

using namespace plume;

/// What any one answer of an array, or the only one, must be.
void check_answer(const rpc::Json& answer) {
    const auto* object = answer.if_object();
    check(object != nullptr, "an answer is an object");
    check(object->at("jsonrpc") == "2.0", "an answer tells the version");
    check(object->contains("id"), "an answer has an id");
    check(object->contains("result") != object->contains("error"), "it is a result or an error");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    constexpr int bodies_max = 10'000;
    static std::unique_ptr<test::RpcWorld> world;
    static int bodies = 0;
    if (world == nullptr || ++bodies > bodies_max) {
        world.reset();
        world = std::make_unique<test::RpcWorld>();
        world->run(world->transaction(0, Address{}, {}, u256{1u}));
        bodies = 0;
    }
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // Waiting for a receipt is not what is looked for here.
    if (text.find("Sync") != text.npos) return 0;
    const std::string answered = world->answer(text);
    if (answered.empty()) return 0;
    const rpc::Json answer = boost::json::parse(answered);
    if (const auto* all = answer.if_array())
        for (const rpc::Json& one : *all) check_answer(one);
    else
        check_answer(answer);
    return 0;
}
