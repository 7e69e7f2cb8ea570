#include "store/memtable.hpp"

#include <rocksdb/memtablerep.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <vector>

#include "base/bytes.hpp"

namespace plume {

namespace {

/// A quarter of the nodes of a level are in the one above: enough levels for 4^12 entries.
constexpr size_t height_max = 12;

/// An entry as it lies in memory: the size of the key as a varint, the key, eight bytes of sequence
/// number and kind, and then the value, of which only RocksDB knows.
struct EntryKey {
    BytesView user_key;
    uint64_t trailer;  ///< sequence number and kind
};

EntryKey key_of(BytesView internal_key) {
    EntryKey out{internal_key.first(internal_key.size() - 8), 0};
    std::memcpy(&out.trailer, internal_key.data() + out.user_key.size(), 8);
    return out;
}

EntryKey key_of(const char* entry) {
    const auto* at = reinterpret_cast<const uint8_t*>(entry);
    size_t size = 0;
    unsigned shift = 0;
    do {
        size |= static_cast<size_t>(*at & 0x7f) << shift;
        shift += 7;
    } while ((*at++ & 0x80) != 0);
    return key_of(BytesView{at, size});
}

/// Keys ascend; of one key the newest entry comes first.
int compare(const EntryKey& a, const EntryKey& b) {
    const size_t common = std::min(a.user_key.size(), b.user_key.size());
    const int order = std::memcmp(a.user_key.data(), b.user_key.data(), common);
    if (order != 0) return order;
    if (a.user_key.size() != b.user_key.size())
        return a.user_key.size() < b.user_key.size() ? -1 : 1;
    return a.trailer == b.trailer ? 0 : a.trailer > b.trailer ? -1 : 1;
}

/// Lies between its pointers, the lowest of which comes last, and its entry.
class Node {
public:
    const char* entry() const { return reinterpret_cast<const char*>(this); }
    Node* next(size_t level) const { return link(level).load(std::memory_order_acquire); }
    void set_next(size_t level, Node* node) { link(level).store(node, std::memory_order_release); }

private:
    using Link = std::atomic<Node*>;

    Link& link(size_t level) const {
        auto* links = reinterpret_cast<Link*>(const_cast<Node*>(this));
        return *(links - 1 - level);
    }
};

class FingerList final : public rocksdb::MemTableRep {
public:
    explicit FingerList(rocksdb::Allocator* allocator) : MemTableRep(allocator) {
        head_ = reinterpret_cast<Node*>(head_links_.data() + height_max);
        finger_.fill(head_);
    }

    // RocksDB's words.
    /// Memory for an entry, which is inserted before the next one is allocated.
    rocksdb::KeyHandle Allocate(size_t size, char** entry) override;
    void Insert(rocksdb::KeyHandle handle) override { InsertKey(handle); }
    bool InsertKey(rocksdb::KeyHandle handle) override;
    bool Contains(const char* entry) const override;
    size_t ApproximateMemoryUsage() override { return 0; }  // All of it is the allocator's.
    Iterator* GetIterator(rocksdb::Arena* arena) override;

    /// The first node that is not less than `key`; null behind the last.
    Node* find(const EntryKey& key) const { return last_before(key)->next(0); }
    /// The last node that is less than `key`; the head when there is none.
    Node* last_before(const EntryKey& key) const;
    Node* last() const;
    Node* head() const { return head_; }

private:
    bool precedes(const Node* node, const EntryKey& key) const {
        return node == head_ || compare(key_of(node->entry()), key) < 0;
    }
    /// Moves `before` along a level to the last node that is less than `key`, and returns what
    /// follows there; `after` is known not to be less.
    Node* walk(Node*& before, const Node* after, size_t level, const EntryKey& key) const {
        Node* next = before->next(level);
        while (next != after && precedes(next, key)) {
            before = next;
            next = next->next(level);
        }
        return next;
    }
    size_t random_height();
    /// Moves the finger on the lowest `height` levels to where `key` belongs; what follows there.
    const Node* move_finger(const EntryKey& key, size_t height);

    std::array<std::atomic<Node*>, height_max> head_links_{};
    Node* head_;
    std::atomic<size_t> height_{1};
    /// By level, the last node up to the newest one. The writer's, as what follows.
    std::array<Node*, height_max> finger_;
    size_t new_height_ = 0;  ///< of the node that was allocated last
    uint64_t random_ = 0x9e3779b97f4a7c15;
};

size_t FingerList::random_height() {
    // xorshift64: heights only have to differ.
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    return std::min<size_t>(height_max, 1 + static_cast<size_t>(std::countr_zero(random_)) / 2);
}

rocksdb::KeyHandle FingerList::Allocate(size_t size, char** entry) {
    using Link = std::atomic<Node*>;
    new_height_ = random_height();
    const size_t links = new_height_ * sizeof(Link);
    char* memory = nullptr;
    MemTableRep::Allocate(alignof(Link) - 1 + links + size, &memory);
    memory += -reinterpret_cast<uintptr_t>(memory) % alignof(Link);
    for (size_t i = 0; i < new_height_; ++i) new (memory + i * sizeof(Link)) Link{};
    *entry = memory + links;
    return *entry;
}

bool FingerList::InsertKey(rocksdb::KeyHandle handle) {
    auto* node = static_cast<Node*>(handle);
    const EntryKey key = key_of(node->entry());
    const size_t height = height_.load(std::memory_order_relaxed);
    const Node* after = move_finger(key, height);
    if (after != nullptr && compare(key_of(after->entry()), key) == 0) return false;
    if (new_height_ > height) height_.store(new_height_, std::memory_order_relaxed);
    // From below: who finds it on a level finds it on those below, too.
    for (size_t level = 0; level < new_height_; ++level) {
        node->set_next(level, finger_[level]->next(level));
        finger_[level]->set_next(level, node);
        finger_[level] = node;
    }
    return true;
}

const Node* FingerList::move_finger(const EntryKey& key, size_t height) {
    // On a level the finger is the last node up to the newest one. So all follow when the lowest
    // does, and what lies behind the newest one lies behind all.
    size_t level = 0;
    Node* before = head_;
    Node* after = nullptr;
    if (precedes(finger_[0], key)) {
        for (; level < height; ++level) {
            Node* next = finger_[level]->next(level);
            if (next == nullptr || !precedes(next, key)) {
                after = next;
                break;
            }
            before = next;
        }
    } else {
        while (level < height && !precedes(finger_[level], key)) ++level;
        if (level < height) {
            before = finger_[level];
            after = before->next(level);
        }
    }
    while (level-- > 0) {
        after = walk(before, after, level, key);
        finger_[level] = before;
    }
    return finger_[0]->next(0);
}

Node* FingerList::last_before(const EntryKey& key) const {
    Node* before = head_;
    Node* after = nullptr;
    for (size_t level = height_.load(std::memory_order_relaxed); level-- > 0;)
        after = walk(before, after, level, key);
    return before;
}

Node* FingerList::last() const {
    Node* out = head_;
    for (size_t level = height_max; level-- > 0;)
        while (Node* next = out->next(level)) out = next;
    return out;
}

bool FingerList::Contains(const char* entry) const {
    const EntryKey key = key_of(entry);
    const Node* found = find(key);
    return found != nullptr && compare(key_of(found->entry()), key) == 0;
}

/// Stands on a node, or on the head, which is nowhere.
class Walk : public rocksdb::MemTableRep::Iterator {
public:
    explicit Walk(const FingerList& list) : list_(list) {}

    bool Valid() const override { return node_ != nullptr; }
    const char* key() const override { return node_->entry(); }
    void Next() override { node_ = node_->next(0); }
    void Prev() override { stand_before(key_of(node_->entry())); }
    void Seek(const rocksdb::Slice& internal_key, const char* entry) override {
        node_ = list_.find(target(internal_key, entry));
    }
    void SeekForPrev(const rocksdb::Slice& internal_key, const char* entry) override {
        const EntryKey key = target(internal_key, entry);
        node_ = list_.find(key);
        if (node_ == nullptr || compare(key_of(node_->entry()), key) != 0) stand_before(key);
    }
    void SeekToFirst() override { node_ = list_.head()->next(0); }
    void SeekToLast() override { stand_on(list_.last()); }

private:
    static EntryKey target(const rocksdb::Slice& internal_key, const char* entry) {
        if (entry != nullptr) return key_of(entry);
        return key_of(
            BytesView{reinterpret_cast<const uint8_t*>(internal_key.data()), internal_key.size()});
    }
    void stand_before(const EntryKey& key) { stand_on(list_.last_before(key)); }
    void stand_on(Node* node) { node_ = node == list_.head() ? nullptr : node; }

    const FingerList& list_;
    Node* node_ = nullptr;
};

/// An iterator whose memory nobody frees: RocksDB only calls its destructor, as its own would lie
/// in an arena, which is nothing that others can use. So the memory goes to whatever walk the
/// thread begins next.
class ArenaWalk final : public Walk {
public:
    using Walk::Walk;
    ~ArenaWalk() override { places().give_back(this); }

    static ArenaWalk* make(const FingerList& list) { return new (places().take()) ArenaWalk(list); }

private:
    /// Free memory for walks, a thread's own: the destructor that gives it back is not over then,
    /// but no other may begin before it is.
    class Places {
    public:
        static constexpr size_t count_max = 64;

        ~Places() {
            for (void* place : free_) ::operator delete(place);
        }
        void* take() {
            if (free_.empty()) return ::operator new(sizeof(ArenaWalk));
            void* out = free_.back();
            free_.pop_back();
            return out;
        }
        void give_back(void* place) {
            if (free_.size() == count_max) ::operator delete(take());
            free_.push_back(place);
        }

    private:
        std::vector<void*> free_;
    };

    static Places& places() {
        static thread_local Places out;
        return out;
    }
};

rocksdb::MemTableRep::Iterator* FingerList::GetIterator(rocksdb::Arena* arena) {
    if (arena != nullptr) return ArenaWalk::make(*this);
    return new Walk(*this);
}

class FingerLists final : public rocksdb::MemTableRepFactory {
public:
    using MemTableRepFactory::CreateMemTableRep;
    rocksdb::MemTableRep* CreateMemTableRep(const rocksdb::MemTableRep::KeyComparator&,
                                            rocksdb::Allocator* allocator,
                                            const rocksdb::SliceTransform*,
                                            rocksdb::Logger*) override {
        return new FingerList(allocator);
    }
    const char* Name() const override { return "FingerLists"; }
    bool CanHandleDuplicatedKey() const override { return true; }
};

}  // namespace

std::shared_ptr<rocksdb::MemTableRepFactory> finger_memtables() {
    return std::make_shared<FingerLists>();
}

}  // namespace plume
