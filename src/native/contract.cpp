#include "native/contract.hpp"

#include "base/result.hpp"

namespace plume {

void Contract::charge(uint64_t gas) const {
    if (!frame_->charge(gas)) throw Halt{Status::out_of_gas};
}

u256 Contract::balance() const {
    const std::optional<u256> balance = frame_->balance(self());
    if (!balance) throw Halt{Status::out_of_gas};
    return *balance;
}

u256 Contract::load(const u256& position) const {
    const std::optional<u256> word = frame_->load_native(position);
    if (!word) throw Halt{Status::out_of_gas};
    return *word;
}

void Contract::store(const u256& position, const u256& word) {
    const Status status = frame_->store(position, word);
    if (status != Status::success) throw Halt{status};
    check(!execution().locked.empty(), "only a method that holds its lock writes");
    frame_->execution().locked.back().has_written = true;
}

void Contract::emit(std::vector<Hash> topics, Bytes data) {
    const Status status = frame_->log(std::move(topics), std::move(data));
    if (status != Status::success) throw Halt{status};
}

namespace {

constexpr size_t short_text_max = 31;

}  // namespace

Bytes Contract::get(const Text& text) const {
    const u256 head = load(text.position);
    if (!head.bit(0)) {
        const Hash word = to_word(head);
        const size_t size = word[31] / 2;
        check(size <= short_text_max, "only set() writes the head of a text");
        return {word.begin(), word.begin() + static_cast<ptrdiff_t>(size)};
    }
    const uint64_t size = (head >> 1).low64();
    const u256 contents = detail::contents_of(text.position);
    Bytes out(size);
    for (uint64_t i = 0; i < words_of(size); ++i) {
        const Hash word = to_word(load(contents + u256{i}));
        std::memcpy(out.data() + 32 * i, word.data(), std::min<uint64_t>(32, size - 32 * i));
    }
    return out;
}

bool Contract::is_unchanged(const Text& text) const {
    const u256 head = load(text.position);
    if (head != before(Slot<u256>{text.position})) return false;
    const u256 contents = detail::contents_of(text.position);
    const uint64_t words = head.bit(0) ? words_of((head >> 1).low64()) : 0;
    for (uint64_t i = 0; i < words; ++i)
        if (!is_unchanged(Slot<u256>{contents + u256{i}})) return false;
    return true;
}

uint64_t Contract::size(const Text& text) const {
    const u256 head = load(text.position);
    return head.bit(0) ? (head >> 1).low64() : (head & u256{0xffu}).low64() / 2;
}

std::string Contract::get_string(const Text& text) const {
    const Bytes content = get(text);
    return std::string(text_of(content));
}

void Contract::set(const Text& text, BytesView content) {
    const u256 old_head = load(text.position);
    const uint64_t old_words = old_head.bit(0) ? words_of((old_head >> 1).low64()) : 0;
    const u256 contents = detail::contents_of(text.position);
    const uint64_t words = content.size() > short_text_max ? words_of(content.size()) : 0;
    if (words == 0) {
        Hash head;
        std::ranges::copy(content, head.bytes.begin());
        head[31] = static_cast<uint8_t>(2 * content.size());
        store(text.position, to_u256(head));
    } else {
        store(text.position, u256{2 * content.size() + 1});
    }
    for (uint64_t i = 0; i < words; ++i) {
        Hash word;
        std::ranges::copy(content.subspan(32 * i, std::min<size_t>(32, content.size() - 32 * i)),
                          word.bytes.begin());
        store(contents + u256{i}, to_u256(word));
    }
    for (uint64_t i = words; i < old_words; ++i) store(contents + u256{i}, {});
}

namespace {

/// What the callee answered, or the end of this call when the host refused to make the other.
Called or_halt(Called called) {
    if (called.halt != Status::success) throw Halt{called.halt};
    return called;
}

Answer answer_of(CallResult result) {
    return {result.status == Status::success, std::move(result.output)};
}

}  // namespace

Answer Contract::static_call(const Address& to, BytesView input, uint64_t gas_max) const {
    Call call{.is_static = true, .to = to, .value = {}, .input = input, .gas_max = gas_max};
    return answer_of(or_halt(frame_->call(call)).result);
}

Answer Contract::call(const Address& to, BytesView input, const u256& value, uint64_t gas_max) {
    Call call{.to = to, .value = value, .input = input, .gas_max = gas_max};
    return answer_of(or_halt(frame_->call(call)).result);
}

bool Contract::has_code(const Address& address) const {
    const std::optional<BytesView> code = frame_->code(address);
    if (!code) throw Halt{Status::out_of_gas};
    return !code->empty();
}

Address Contract::create(const NativeType& type, const Hash& salt, BytesView arguments) {
    Called called = or_halt(frame_->create_native(type, salt, arguments));
    CallResult& result = called.result;
    if (result.status == Status::revert) throw Revert{std::move(result.output)};
    if (result.status == Status::address_taken)
        refuse(CustomError<"AddressTaken(address instance)", Address>{
            Frame::created_address(self(), salt, type, arguments)});
    if (result.status != Status::success) throw Halt{result.status};
    return called.created;
}

namespace detail {

CallResult contain(Frame& frame, Bytes (*body)(Frame&)) {
    try {
        Bytes output = body(frame);
        return {Status::success, frame.gas_left(), std::move(output)};
    } catch (Revert& revert) {
        if (!frame.charge(gas::native_refusal)) return {Status::out_of_gas, 0, {}};
        return {Status::revert, frame.gas_left(), std::move(revert.data)};
    } catch (const Halt& halt) {
        return {halt.status, 0, {}};
    }
}

std::optional<std::string> contain_invariant(Frame& frame,
                                             std::optional<std::string> (*body)(Frame&)) {
    try {
        return body(frame);
    } catch (const Revert&) {
        return "an invariant's own reads were refused";
    } catch (const Halt& halt) {
        return "an invariant could not be read: " + std::string(name_of(halt.status));
    }
}

Lock::Lock(Frame& frame) : execution_(frame.execution()) {
    const Address& self = frame.message().recipient;
    for (const LockedContract& locked : execution_.locked)
        if (locked.address == self) throw Revert{ReentrancyGuardReentrantCall{}.data()};
    execution_.locked.push_back({self});
}

Lock::~Lock() {
    execution_.locked.pop_back();
}

void require_settled(const Frame& frame) {
    for (const LockedContract& locked : frame.execution().locked)
        if (locked.address == frame.message().recipient && locked.has_written)
            throw Revert{ReentrancyGuardReentrantCall{}.data()};
}

void refuse_unknown(CallKind kind) {
    throw Revert{kind == CallKind::create ? InvalidArguments{}.data() : Bytes{}};
}

}  // namespace detail

}  // namespace plume
