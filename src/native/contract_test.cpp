#include "native/contract.hpp"

#include <gtest/gtest.h>

#include "base/thread.hpp"
#include "evm/call.hpp"
#include "evm/tracer.hpp"
#include "support/world.hpp"

namespace plume {
namespace {

using test::Outcome;
using test::person;
using test::World;

/// A contract that can be told to do everything a contract may do.
class Puppet : public Contract {
    static constexpr Slot<u256> number_{0};
    static constexpr Slot<uint8_t> small_{1, 0};
    static constexpr Slot<Address> owner_{1, 1};
    static constexpr Slot<bool> flag_{1, 21};
    static constexpr Slot<uint64_t> time_{1, 22};
    static constexpr Slot<Selector> selector_{2, 0};
    static constexpr Slot<uint32_t> after_selector_{2, 4};
    static constexpr Text text_{3};
    static constexpr Array<u256> list_{4};

public:
    using Contract::Contract;
    using Spoke = Event<"Spoke(uint256 number)", u256>;
    using No = CustomError<"No(uint256 number)", u256>;

    void construct(u256 number) {
        require(number != 13, No{number});
        set(number_, number);
    }
    u256 number() const { return get(number_); }
    void set_number(u256 number) {
        set(number_, number);
        emit(Spoke{number});
    }
    void pack(uint8_t small, Address owner, bool flag, uint64_t time) {
        set(time_, time);
        set(owner_, owner);
        set(small_, small);
        set(flag_, flag);
    }
    std::tuple<uint8_t, Address, bool, uint64_t> packed() const {
        return {get(small_), get(owner_), get(flag_), get(time_)};
    }
    void set_selector(Selector selector) {
        set(after_selector_, 0xffffffffu);
        set(selector_, selector);
    }
    Selector selector() const { return get(selector_); }
    void set_text(Bytes text) { set(text_, text); }
    Bytes text() const { return get(text_); }
    void append_number(u256 number) { set(push(list_), number); }
    void pay() { set(number_, value()); }
    void write_and_refuse(u256 number) {
        set_number(number);
        refuse(No{number});
    }
    /// Writes, calls, and tells how the call went. Its own write stays whatever the call did.
    bool write_and_call(u256 number, Address to, Bytes input) {
        set_number(number);
        return call(to, input).success;
    }
    /// Calls before anything is written.
    bool call_first(Address to, Bytes input) { return call(to, input).success; }
    /// Calls, hands the answer back, then writes.
    Bytes ask_after_write(u256 number, Address to, Bytes input) {
        set(number_, number);
        return call(to, input).data;
    }
    Bytes look(Address to, Bytes input) const { return static_call(to, input).data; }
    bool looks_fine(Address to, Bytes input) const { return static_call(to, input).success; }
    Address who() const { return sender(); }
    void burn(uint64_t gas) const { charge(gas); }

    static constexpr auto constructor = Method<"constructor(uint256 number)", &Puppet::construct>{};
    static constexpr auto abi = Methods<
        Method<"number() view returns (uint256)", &Puppet::number>,
        Method<"setNumber(uint256 number)", &Puppet::set_number>,
        Method<"pack(uint8 small, address owner, bool flag, uint64 time)", &Puppet::pack>,
        Method<"packed() view returns (uint8, address, bool, uint64)", &Puppet::packed>,
        Method<"setSelector(bytes4 selector)", &Puppet::set_selector>,
        Method<"selector() view returns (bytes4)", &Puppet::selector>,
        Method<"setText(bytes text)", &Puppet::set_text>,
        Method<"text() view returns (bytes)", &Puppet::text>,
        Method<"append(uint256 number)", &Puppet::append_number>,
        Method<"pay() payable", &Puppet::pay>,
        Method<"writeAndRefuse(uint256 number)", &Puppet::write_and_refuse>,
        Method<"writeAndCall(uint256 number, address to, bytes input) returns (bool)",
               &Puppet::write_and_call>,
        Method<"callFirst(address to, bytes input) returns (bool)", &Puppet::call_first>,
        Method<"askAfterWrite(uint256 number, address to, bytes input) returns (bytes)",
               &Puppet::ask_after_write>,
        Method<"look(address to, bytes input) view returns (bytes)", &Puppet::look>,
        Method<"looksFine(address to, bytes input) view returns (bool)", &Puppet::looks_fine>,
        Method<"who() view returns (address)", &Puppet::who>,
        Method<"burn(uint64 gas) view", &Puppet::burn>>{};
    static constexpr auto declarations = Declarations<Spoke, No>{};
};

class ContractTest : public testing::Test {
protected:
    ContractTest() : world({&type, 1}) {
        a = world.create(person(1), "Puppet", {}, u256{1u}).value<Address>();
        b = world.create(person(2), "Puppet", {}, u256{2u}).value<Address>();
    }

    u256 stored(const Address& at, uint64_t slot) { return world.state().load(at, u256{slot}); }
    static Bytes set_number(uint64_t number) {
        return World::calldata<"setNumber(uint256)">(u256{number});
    }
    Outcome message(Message message) {
        world.state().begin_transaction();
        Execution execution{world.state(), world.block(), {&type, 1}, person(1), {}};
        message.gas = 1'000'000;
        CallResult result = call(execution, message);
        Outcome out{std::move(result), world.state().logs(), 0, {}};
        world.state().end_transaction();
        return out;
    }

    const NativeType type = native_type<Puppet>(900, 7, "Puppet");
    World world;
    Address a;
    Address b;
};

// N1

TEST_F(ContractTest, instance_has_code_and_a_nonce) {
    EXPECT_EQ(to_hex(world.state().code(a)), "0xef5003840007");  // type 900, version 7
    EXPECT_EQ(world.state().nonce(a), 1u);
    EXPECT_EQ(world.state().code_hash(a), keccak256(*from_hex("ef5003840007")));
}

TEST_F(ContractTest, an_unknown_type_or_version_does_not_run_as_another) {
    world.state().begin_transaction();
    world.state().set_code(person(60), *from_hex("ef5003840008"));
    world.state().set_code(person(61), *from_hex("ef500384000700"));
    world.state().end_transaction();
    for (const uint16_t n : {60, 61}) EXPECT_FALSE(world.ask<"number()">(person(n)).ok());
}

// Dispatch

TEST_F(ContractTest, calldata_that_no_method_takes_is_refused_without_a_word) {
    for (const Bytes& input : {Bytes{}, Bytes{1, 2, 3}, Bytes{1, 2, 3, 4}}) {
        const Outcome out = world.send_data(person(1), a, input);
        EXPECT_EQ(out.result.status, Status::revert);
        EXPECT_TRUE(out.result.output.empty());
    }
}

TEST_F(ContractTest, short_and_dirty_arguments_are_refused) {
    const Bytes whole = World::calldata<"pack(uint8,address,bool,uint64)">(uint8_t{1}, person(1),
                                                                           true, uint64_t{2});
    ASSERT_TRUE(world.send_data(person(1), a, whole).ok());
    for (size_t size = 4; size < whole.size(); ++size)
        EXPECT_EQ(world.send_data(person(1), a, BytesView(whole).first(size)).result.status,
                  Status::revert);
    for (const size_t dirty : {4 + 30, 4 + 32 + 11, 4 + 64 + 30, 4 + 96 + 23}) {
        Bytes input = whole;
        input[dirty] = 1;  // the byte above the value's own
        EXPECT_EQ(world.send_data(person(1), a, input).result.status, Status::revert) << dirty;
    }
    Bytes two_is_no_bool = whole;
    two_is_no_bool[4 + 95] = 2;
    EXPECT_EQ(world.send_data(person(1), a, two_is_no_bool).result.status, Status::revert);
}

TEST_F(ContractTest, more_bytes_than_needed_are_ignored_as_solidity_ignores_them) {
    Bytes input = set_number(5);
    input.resize(input.size() + 7, 0xff);
    EXPECT_TRUE(world.send_data(person(1), a, input).ok());
    EXPECT_EQ(stored(a, 0), u256{5u});
}

TEST_F(ContractTest, value_reaches_payable_methods_only) {
    world.state().begin_transaction();
    world.state().set_balance(person(1), u256{100u});
    world.state().end_transaction();
    EXPECT_EQ(world.send_data(person(1), a, set_number(5), u256{1u}).result.status, Status::revert);
    EXPECT_EQ(world.send_data(person(1), a, {}, u256{1u}).result.status, Status::revert);
    EXPECT_EQ(world.state().balance(a), u256{});
    EXPECT_TRUE(world.send_data(person(1), a, World::calldata<"pay()">(), u256{7u}).ok());
    EXPECT_EQ(world.state().balance(a), u256{7u});
    EXPECT_EQ(stored(a, 0), u256{7u});
    EXPECT_EQ(world.send_data(person(1), a, World::calldata<"pay()">(), u256{1000u}).result.status,
              Status::insufficient_balance);
}

TEST_F(ContractTest, a_constructor_that_refuses_leaves_nothing) {
    const Outcome out = world.create(person(3), "Puppet", {}, u256{13u});
    EXPECT_TRUE(out.refused_with(Puppet::No{u256{13u}}));
    const Bytes arguments = abi::encode(u256{13u});
    EXPECT_TRUE(world.state().is_vacant(Frame::created_address(person(3), {}, type, arguments)));
    EXPECT_TRUE(
        world.create_data(person(3), "Puppet", {}, Bytes(31)).refused_as<InvalidArguments>());
}

TEST_F(ContractTest, an_address_is_taken_once) {
    EXPECT_EQ(world.create(person(1), "Puppet", {}, u256{1u}).result.status, Status::address_taken);
    EXPECT_TRUE(world.create(person(1), "Puppet", Hash{{1}}, u256{1u}).ok());
}

// Storage

TEST_F(ContractTest, small_values_share_a_slot_from_its_low_end) {
    ASSERT_TRUE(world
                    .send<"pack(uint8,address,bool,uint64)">(person(1), a, uint8_t{0xab}, person(3),
                                                             true, uint64_t{0x1122334455667788})
                    .ok());
    const u256 expected =
        u256{0xabu} | to_u256(person(3)) << 8 | u256{1u} << 168 | u256{0x1122334455667788u} << 176;
    EXPECT_EQ(stored(a, 1), expected);
    const auto packed =
        abi::decode<uint8_t, Address, bool, uint64_t>(world.ask<"packed()">(a).result.output);
    EXPECT_EQ(packed, std::tuple(uint8_t{0xab}, person(3), true, uint64_t{0x1122334455667788}));
    ASSERT_TRUE(world
                    .send<"pack(uint8,address,bool,uint64)">(person(1), a, uint8_t{0}, Address{},
                                                             false, uint64_t{5})
                    .ok());
    EXPECT_EQ(stored(a, 1), u256{5u} << 176);
}

TEST_F(ContractTest, short_fixed_bytes_stand_at_the_low_end_of_their_place) {
    const Selector selector{{0xde, 0xad, 0xbe, 0xef}};
    ASSERT_TRUE(world.send<"setSelector(bytes4)">(person(1), a, selector).ok());
    EXPECT_EQ(stored(a, 2), u256{0xffffffffdeadbeefu});
    EXPECT_EQ(world.ask<"selector()">(a).value<Selector>(), selector);
}

TEST_F(ContractTest, texts_are_laid_out_as_solidity_lays_out_bytes) {
    const u256 contents = to_u256(keccak256(to_word(u256{3u})));
    const auto put = [&](size_t size) {
        Bytes text(size);
        for (size_t i = 0; i < size; ++i) text[i] = static_cast<uint8_t>(i + 1);
        EXPECT_TRUE(world.send<"setText(bytes)">(person(1), a, text).ok());
        EXPECT_EQ(world.ask<"text()">(a).value<Bytes>(), text) << size;
        return text;
    };
    put(0);
    EXPECT_TRUE(stored(a, 3).is_zero());
    put(31);
    Hash head;
    for (size_t i = 0; i < 31; ++i) head[i] = static_cast<uint8_t>(i + 1);
    head[31] = 62;
    EXPECT_EQ(to_word(stored(a, 3)), head);
    put(32);
    EXPECT_EQ(stored(a, 3), u256{65u});
    const Bytes text = put(70);
    EXPECT_EQ(stored(a, 3), u256{141u});
    for (uint64_t i = 0; i < 3; ++i) {
        Bytes word(text.begin() + static_cast<ptrdiff_t>(32 * i),
                   text.begin() + static_cast<ptrdiff_t>(std::min<size_t>(32 * i + 32, 70)));
        word.resize(32);
        EXPECT_EQ(to_word(world.state().load(a, contents + u256{i})), *Hash::from(word));
    }
}

TEST_F(ContractTest, a_shrinking_text_leaves_nothing_behind) {
    const u256 contents = to_u256(keccak256(to_word(u256{3u})));
    for (const size_t size : {100, 40, 31, 0}) {
        ASSERT_TRUE(world.send<"setText(bytes)">(person(1), a, Bytes(size, 0xff)).ok());
        const uint64_t words = size > 31 ? words_of(size) : 0;
        for (uint64_t i = 0; i < 5; ++i)
            EXPECT_EQ(world.state().load(a, contents + u256{i}).is_zero(), i >= words)
                << size << " " << i;
    }
}

TEST_F(ContractTest, arrays_grow_at_their_end) {
    ASSERT_TRUE(world.send<"append(uint256)">(person(1), a, u256{11u}).ok());
    ASSERT_TRUE(world.send<"append(uint256)">(person(1), a, u256{12u}).ok());
    const u256 contents = to_u256(keccak256(to_word(u256{4u})));
    EXPECT_EQ(stored(a, 4), u256{2u});
    EXPECT_EQ(world.state().load(a, contents), u256{11u});
    EXPECT_EQ(world.state().load(a, contents + u256{1u}), u256{12u});
}

// N3

TEST_F(ContractTest, delegated_calls_are_refused) {
    const Bytes input = set_number(5);
    for (const CallKind kind : {CallKind::delegate_call, CallKind::call_code}) {
        const Outcome out = message({.kind = kind,
                                     .sender = person(1),
                                     .recipient = person(8),
                                     .code_address = a,
                                     .input = input});
        EXPECT_EQ(out.result.status, Status::native_delegated);
        EXPECT_EQ(out.result.gas_left, 0u);
        EXPECT_TRUE(world.state().load(person(8), u256{}).is_zero());
    }
}

TEST_F(ContractTest, an_account_delegated_to_a_native_contract_is_an_account_without_code) {
    Bytes delegation = *from_hex("ef0100");  // EIP-7702
    append(delegation, a);
    world.state().begin_transaction();
    world.state().set_code(person(8), delegation);
    world.state().end_transaction();
    EXPECT_TRUE(world.send_data(person(1), person(8), set_number(5)).ok());
    EXPECT_TRUE(world.state().load(person(8), u256{}).is_zero());
}

TEST_F(ContractTest, the_sender_is_the_caller_and_never_an_ancestor) {
    const Bytes who = World::calldata<"who()">();
    const Outcome out = world.ask<"look(address,bytes)">(a, b, who);
    EXPECT_EQ(abi::decode_one<Address>(out.value<Bytes>()), a);
}

// N4

TEST_F(ContractTest, a_refusal_undoes_writes_and_logs_and_returns_gas) {
    const Outcome out = world.send<"writeAndRefuse(uint256)">(person(1), a, u256{9u});
    EXPECT_TRUE(out.refused_with(Puppet::No{u256{9u}}));
    EXPECT_EQ(stored(a, 0), u256{1u});
    EXPECT_TRUE(out.logs.empty());
    EXPECT_GT(out.result.gas_left, 0u);
}

TEST_F(ContractTest, a_refusal_costs_more_than_an_answer) {
    const auto used = [&](BytesView input) {
        return world.send_data(person(1), a, input).gas_used;
    };
    const uint64_t unknown = used(Bytes(4));
    EXPECT_EQ(unknown, gas::native_call + gas::native_word + gas::native_refusal);

    // Without gas for it, the refusal is no refusal.
    const Outcome poor = world.send_data(person(1), a, Bytes(4), {}, unknown - 1);
    EXPECT_EQ(poor.result.status, Status::out_of_gas);
    EXPECT_EQ(poor.result.gas_left, 0u);
    EXPECT_EQ(world.send_data(person(1), a, Bytes(4), {}, unknown).result.status, Status::revert);
}

TEST_F(ContractTest, a_callees_refusal_undoes_the_callee_alone) {
    const Outcome out = world.send<"writeAndCall(uint256,address,bytes)">(
        person(1), a, u256{5u}, b, World::calldata<"writeAndRefuse(uint256)">(u256{6u}));
    ASSERT_TRUE(out.ok());
    EXPECT_FALSE(out.value<bool>());
    EXPECT_EQ(stored(a, 0), u256{5u});
    EXPECT_EQ(stored(b, 0), u256{2u});
    EXPECT_EQ(out.logs.size(), 1u);
}

TEST_F(ContractTest, a_callers_refusal_undoes_what_its_callees_wrote) {
    // a calls b, b calls c, c writes; b runs out of gas afterwards.
    const Bytes inner =
        World::calldata<"writeAndCall(uint256,address,bytes)">(u256{7u}, b, set_number(8));
    const uint64_t enough = world.send_data(person(1), a, inner).gas_used;
    ASSERT_EQ(stored(b, 0), u256{8u});
    for (uint64_t gas = 1'000; gas < enough; gas += 1'000) {
        World fresh({&type, 1});
        const Address x = fresh.create(person(1), "Puppet", {}, u256{1u}).value<Address>();
        const Address y = fresh.create(person(2), "Puppet", {}, u256{2u}).value<Address>();
        const Bytes input =
            World::calldata<"writeAndCall(uint256,address,bytes)">(u256{7u}, y, set_number(8));
        const Outcome out = fresh.send_data(person(1), x, input, {}, gas);
        const u256 of_x = fresh.state().load(x, {});
        const u256 of_y = fresh.state().load(y, {});
        if (out.ok()) {
            EXPECT_EQ(of_x, u256{7u});
            EXPECT_EQ(of_y, out.value<bool>() ? u256{8u} : u256{2u});
        } else {
            EXPECT_EQ(of_x, u256{1u}) << gas;
            EXPECT_EQ(of_y, u256{2u}) << gas;
            EXPECT_TRUE(out.logs.empty());
        }
    }
}

TEST_F(ContractTest, out_of_gas_leaves_no_gas_and_no_reason) {
    const Outcome out = world.send<"burn(uint64)">(person(1), a, uint64_t{20'000'000});
    EXPECT_EQ(out.result.status, Status::out_of_gas);
    EXPECT_EQ(out.result.gas_left, 0u);
    EXPECT_TRUE(out.result.output.empty());
}

// N5

TEST_F(ContractTest, writing_under_staticcall_is_refused) {
    for (const Bytes& input :
         {set_number(9), World::calldata<"setText(bytes)">(Bytes{1}),
          World::calldata<"append(uint256)">(u256{1u}),
          World::calldata<"writeAndCall(uint256,address,bytes)">(u256{1u}, b, Bytes{})}) {
        const Outcome out = message({.is_static = true,
                                     .sender = person(1),
                                     .recipient = a,
                                     .code_address = a,
                                     .input = input});
        EXPECT_EQ(out.result.status, Status::static_write);
        EXPECT_FALSE(world.ask<"looksFine(address,bytes)">(b, a, input).value<bool>());
    }
    EXPECT_EQ(stored(a, 0), u256{1u});
}

TEST_F(ContractTest, a_view_passes_staticcall_on_to_whom_it_calls) {
    // b looks at a, which calls b's callFirst, which would write: nothing does.
    const Bytes deep = World::calldata<"callFirst(address,bytes)">(b, set_number(9));
    const Outcome seen = world.ask<"look(address,bytes)">(b, a, deep);
    EXPECT_EQ(seen.value<Bytes>(), abi::encode(false)) << "a's own call failed, as Solidity's does";
    EXPECT_EQ(stored(b, 0), u256{2u});
}

// N7

TEST_F(ContractTest, a_method_that_writes_cannot_be_entered_again) {
    const Bytes back = set_number(9);
    const Outcome direct = world.send<"callFirst(address,bytes)">(person(1), a, a, back);
    EXPECT_FALSE(direct.value<bool>()) << "calling itself";
    const Outcome around = world.send<"writeAndCall(uint256,address,bytes)">(
        person(1), a, u256{5u}, b, World::calldata<"callFirst(address,bytes)">(a, back));
    ASSERT_TRUE(around.ok());
    EXPECT_TRUE(around.value<bool>()) << "b is free; its own call back into a was refused";
    EXPECT_EQ(stored(a, 0), u256{5u});
    EXPECT_TRUE(world.send_data(person(1), a, back).ok()) << "the lock is given back";
}

TEST_F(ContractTest, the_refusal_of_a_second_entry_says_why) {
    const Outcome out = world.send<"askAfterWrite(uint256,address,bytes)">(person(1), a, u256{5u},
                                                                           a, set_number(9));
    EXPECT_EQ(out.value<Bytes>(), ReentrancyGuardReentrantCall{}.data());
}

TEST_F(ContractTest, a_view_in_the_middle_of_writing_is_refused) {
    const Bytes number = World::calldata<"number()">();
    const Outcome out =
        world.send<"askAfterWrite(uint256,address,bytes)">(person(1), a, u256{5u}, a, number);
    EXPECT_EQ(out.value<Bytes>(), ReentrancyGuardReentrantCall{}.data());
    // The same through another contract that looks.
    const Outcome around = world.send<"askAfterWrite(uint256,address,bytes)">(
        person(1), a, u256{6u}, b, World::calldata<"looksFine(address,bytes)">(a, number));
    EXPECT_EQ(around.value<Bytes>(), abi::encode(false));
}

TEST_F(ContractTest, a_view_before_anything_is_written_answers) {
    EXPECT_TRUE(
        world.send<"callFirst(address,bytes)">(person(1), a, a, World::calldata<"number()">())
            .value<bool>());
}

TEST_F(ContractTest, other_instances_are_not_locked) {
    const Outcome out =
        world.send<"writeAndCall(uint256,address,bytes)">(person(1), a, u256{5u}, b, set_number(6));
    EXPECT_TRUE(out.value<bool>());
    EXPECT_EQ(stored(b, 0), u256{6u});
}

// Depth

/// How deep calls went, counting the one that was too deep.
struct Deepest final : Tracer {
    uint32_t natives = 0;
    uint32_t depth = 0;

    void enter(const Message& message, BytesView /*code*/, const NativeType* native) override {
        depth = std::max(depth, message.depth);
        if (native != nullptr) ++natives;
    }
    void leave(const CallResult& /*result*/) override {}
};

TEST_F(ContractTest, calls_between_native_contracts_and_bytecode_nest_1024_deep) {
    // Calls looksFine(itself, "") of the instance `a`: calldata stands behind the code.
    const Address bytecode = person(70);
    Bytes code = *from_hex("606460245f395f5f60645f73");
    append(code, a);
    append(code, *from_hex("5afa5000"));
    ASSERT_EQ(code.size(), 0x24u);
    append(code, World::calldata<"looksFine(address,bytes)">(bytecode, Bytes{}));
    world.state().begin_transaction();
    world.state().set_code(bytecode, code);
    world.state().end_transaction();

    Deepest deepest;
    CallResult result;
    const Bytes input = World::calldata<"looksFine(address,bytes)">(bytecode, Bytes{});
    Thread("deep", [&] {
        world.state().begin_transaction();
        Execution execution{world.state(), world.block(), {&type, 1}, person(1), {}};
        execution.tracer = &deepest;
        // A 64th is left behind 1,024 times: no transaction has so much gas.
        result = call(execution, {.gas = uint64_t{1} << 62,
                                  .sender = person(1),
                                  .recipient = a,
                                  .code_address = a,
                                  .value = {},
                                  .input = input});
        world.state().end_transaction();
    });
    EXPECT_EQ(result.status, Status::success);
    EXPECT_EQ(deepest.depth, 1'025u);
    EXPECT_EQ(deepest.natives, 513u);
}

TEST_F(ContractTest, calls_nest_as_deep_as_their_gas_lasts) {
    // Each level looks at itself through the other; a 64th of the gas stays behind at every level.
    Bytes input = World::calldata<"number()">();
    for (int level = 0; level < 60; ++level)
        input = World::calldata<"looksFine(address,bytes)">(level % 2 == 0 ? a : b, input);
    EXPECT_TRUE(world.ask_data(person(1), a, input).value<bool>());
}

TEST(Contract, messages_beyond_the_depth_are_refused_with_their_gas) {
    const NativeType type = native_type<Puppet>(900, 7, "Puppet");
    World world({&type, 1});
    const Address a = world.create(person(1), "Puppet", {}, u256{1u}).value<Address>();
    const Bytes input = World::calldata<"number()">();
    for (const uint32_t depth : {depth_max, depth_max + 1}) {
        world.state().begin_transaction();
        Execution execution{world.state(), world.block(), {&type, 1}, person(1), {}};
        const CallResult result = call(execution, {.depth = depth,
                                                   .gas = 100'000,
                                                   .sender = person(1),
                                                   .recipient = a,
                                                   .code_address = a,
                                                   .input = input});
        world.state().end_transaction();
        EXPECT_EQ(result.status, depth == depth_max ? Status::success : Status::depth_exceeded);
        EXPECT_TRUE(depth == depth_max || result.gas_left == 100'000u);
    }
}

}  // namespace
}  // namespace plume
