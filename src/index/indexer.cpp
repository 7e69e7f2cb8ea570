#include "index/indexer.hpp"

#include <filesystem>

#include "base/log.hpp"

namespace plume {

namespace {

/// Steps of SQLite's machine for one question: a second or two.
constexpr uint64_t question_steps_max = 100'000'000;

}  // namespace

IndexReader::IndexReader(Indexer& indexer, std::unique_ptr<Sqlite> database)
    : indexer_(&indexer), database_(std::move(database)) {
    database_->limit_steps(question_steps_max);
    database_->run("BEGIN");
    Statement last(*database_,
                   "SELECT number, hash, timestamp FROM blocks ORDER BY number DESC LIMIT 1");
    if (last.step()) {
        block_ = last.number(0);
        hash_ = last.hash(1);
        timestamp_ = last.number(2);
    } else {
        database_->fail("nothing is in yet");
    }
}

IndexReader::~IndexReader() {
    if (database_ != nullptr) indexer_->give_back(std::move(database_));
}

Indexer::Indexer(Chain& chain, std::filesystem::path file)
    : chain_(chain),
      file_(std::move(file)),
      blocks_(chain.on_block([this](const CommittedBlockPtr& block) {
          const std::lock_guard lock(mutex_);
          has_news_ = true;
          fresh_.push_back(block);
          if (fresh_.size() > fresh_blocks_max) fresh_.pop_front();
          wake_.notify_one();
      })),
      thread_("index", [this] { run(); }) {}

Indexer::~Indexer() {
    chain_.unsubscribe(blocks_);
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    wake_.notify_all();
    moved_.notify_all();
}

void Indexer::run() {
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        if (!error_.empty())
            wake_.wait_for(lock, retry_time, [this] { return is_stopping_; });
        else
            wake_.wait(lock, [this] { return is_stopping_ || has_news_; });
        if (is_stopping_) return;
        has_news_ = false;
        const std::vector<CommittedBlockPtr> fresh(fresh_.begin(), fresh_.end());
        fresh_.clear();
        lock.unlock();
        const Result<uint64_t> done = advance(fresh);
        if (!done) note(done.error());
        const uint64_t next = facts_ ? facts_->next_block() : 0;
        std::optional<Hash> last_hash;
        if (next > 0) last_hash = facts_->hash_of(next - 1);
        lock.lock();
        if (done) error_.clear();
        // More blocks than one commit holds, or some that came before the subscription.
        if (done && *done > 0) has_news_ = true;
        if (facts_) {
            next_ = next;
            last_hash_ = last_hash;
        }
        moved_.notify_all();
    }
}

Result<void> Indexer::open() {
    if (facts_) return {};
    TRY(facts, Facts::open(file_, chain_.genesis_hash()));
    facts_ = std::move(facts);
    teller_ = std::make_unique<BlockTeller>(chain_, *facts_);
    return {};
}

Result<uint64_t> Indexer::advance(std::span<const CommittedBlockPtr> fresh) {
    if (auto opened = open(); !opened) return std::move(opened).error();
    return teller_->advance(fresh);
}

void Indexer::note(const Error& error) {
    log::error(
        "the index does not go on; blocks do. It begins again by itself; if this stays, "
        "run: plume index rebuild",
        {{"why", error.what}});
    teller_.reset();
    facts_.reset();
    const std::lock_guard lock(mutex_);
    error_ = error.what;
    ++errors_;
}

IndexStatus Indexer::status() const {
    const uint64_t head = chain_.head()->number();
    const std::lock_guard lock(mutex_);
    // What is past the head of a chain that was set back does not count.
    return {.block = next_ > 0 ? std::optional(std::min(next_ - 1, head)) : std::nullopt,
            .head = head,
            .error = error_,
            .errors = errors_};
}

bool Indexer::follows(uint64_t number) const {
    return next_ > number && last_hash_ == chain_.head()->hash(next_ - 1);
}

bool Indexer::wait_for(uint64_t number) {
    std::unique_lock lock(mutex_);
    if (follows(number)) return true;
    // Nobody tells of a chain that was set back: whoever asks finds out.
    has_news_ = true;
    wake_.notify_one();
    moved_.wait_for(lock, std::chrono::milliseconds(index_wait_max_milliseconds),
                    [&] { return follows(number) || !error_.empty() || is_stopping_; });
    return follows(number);
}

Result<IndexReader> Indexer::read() {
    wait_for(chain_.head()->number());
    {
        const std::lock_guard lock(mutex_);
        if (!error_.empty()) return Error{.what = "the index is not available: " + error_};
        if (next_ == 0) return Error{.what = "the index is being made; ask again in a while"};
    }
    TRY(database, take_reader());
    IndexReader out(*this, std::move(database));
    if (auto ok = out.database().outcome(); !ok)
        return Error{.what = "the index is not available: " + ok.error().what};
    return out;
}

Result<std::unique_ptr<Sqlite>> Indexer::take_reader() {
    {
        const std::lock_guard lock(mutex_);
        if (!readers_.empty()) {
            auto out = std::move(readers_.back());
            readers_.pop_back();
            return out;
        }
    }
    return Sqlite::open(file_, Sqlite::Mode::read);
}

void Indexer::give_back(std::unique_ptr<Sqlite> database) {
    if (!database->error().empty()) return;
    database->run("COMMIT");
    const std::lock_guard lock(mutex_);
    if (readers_.size() < idle_readers_max) readers_.push_back(std::move(database));
}

void remove_index(const std::filesystem::path& file) {
    std::error_code ignored;
    for (const char* ending : {"", "-wal", "-shm"})
        std::filesystem::remove(file.string() + ending, ignored);
}

Result<uint64_t> rebuild_index(Chain& chain, const std::filesystem::path& file,
                               const std::function<void(uint64_t block)>& progress) {
    remove_index(file);
    TRY(facts, Facts::open(file, chain.genesis_hash()));
    BlockTeller teller(chain, *facts);
    for (;;) {
        TRY(done, teller.advance());
        if (done == 0) return facts->next_block();
        progress(facts->next_block() - 1);
    }
}

}  // namespace plume
