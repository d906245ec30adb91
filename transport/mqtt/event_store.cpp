#include "transport/mqtt/event_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <condition_variable>
#include <deque>
#include <fmt/format.h>
#include <mutex>
#include <spdlog/spdlog.h>
#include <sqlite3.h>
#include <thread>

namespace transport {
namespace {

using gateway::ApplicationCode;
using gateway::fail;
using gateway::Result;

/// Of the table; a file of another version is moved aside rather than misread.
constexpr int schema_version = 1;
constexpr int event_qos = 1;

// An event is written once and deleted once. FULL: a commit that was answered survives a power cut.
// auto_vacuum is first: it counts for a new file alone, and WAL already writes one.
constexpr const char* set_up = R"(
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 500;
    PRAGMA journal_size_limit = 4194304;
    PRAGMA cache_size = -512;
)";
constexpr const char* create = R"(
    CREATE TABLE event (
        order_number INTEGER PRIMARY KEY,
        sink TEXT NOT NULL,
        stream INTEGER NOT NULL,
        number INTEGER NOT NULL,
        made_ms INTEGER NOT NULL,
        topic TEXT NOT NULL,
        octets INTEGER NOT NULL,
        payload BLOB NOT NULL);
    CREATE INDEX event_by_sink ON event (sink, order_number, octets, stream, number);
)"; // the index has all that is counted at the start: the payloads need not be read for it

/// SQLite's integers are signed; the bits are the same.
std::int64_t to_column(std::uint64_t value)
{
    return static_cast<std::int64_t>(value);
}

std::uint64_t from_column(const SQLite::Column& column)
{
    return static_cast<std::uint64_t>(column.getInt64());
}

std::string text_of(const SQLite::Column& column)
{
    return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

bool is_damage(int code)
{
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

std::string advice(int code)
{
    switch (code) {
    case SQLITE_FULL:
        return "make room on that file system";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return "the service's user must be able to write there (state_directory)";
    case SQLITE_BUSY:
        return "another process uses it: stop that one, or give each a state_directory of its own";
    case SQLITE_IOERR:
        return "check the storage";
    default:
        return "see docs/outbox.md";
    }
}

/// The open file with its statements.
class Database {
public:
    explicit Database(const std::filesystem::path& file)
        : database_(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
    {
        const int version = database_.execAndGet("PRAGMA user_version").getInt();
        if (version != 0 && version != schema_version)
            throw SQLite::Exception(
                fmt::format("version {} of its table is not known", version), SQLITE_NOTADB);
        database_.exec(set_up);
        if (version == 0) {
            database_.exec(create);
            database_.exec(fmt::format("PRAGMA user_version = {}", schema_version));
        }
        insert_.emplace(database_, "INSERT OR REPLACE INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        remove_.emplace(database_, "DELETE FROM event WHERE order_number = ?");
        load_.emplace(
            database_, "SELECT order_number, stream, number, made_ms, topic, payload FROM event "
                       "WHERE sink = ? AND order_number > ? ORDER BY order_number LIMIT ?");
    }

    EventStore::Contents contents()
    {
        EventStore::Contents contents;
        SQLite::Statement backlogs(
            database_, "SELECT sink, count(*), sum(octets), max(order_number) FROM event GROUP BY sink");
        while (backlogs.executeStep()) {
            contents.backlogs.push_back(
                {text_of(backlogs.getColumn(0)), static_cast<std::size_t>(backlogs.getColumn(1).getInt64()),
                 static_cast<std::size_t>(backlogs.getColumn(2).getInt64())});
            contents.last_order = std::max(contents.last_order, from_column(backlogs.getColumn(3)));
        }
        SQLite::Statement streams(
            database_, "SELECT sink, stream, max(number) FROM event WHERE number != 0 GROUP BY sink, stream");
        while (streams.executeStep())
            contents.streams.push_back(
                {text_of(streams.getColumn(0)),
                 {from_column(streams.getColumn(1)), from_column(streams.getColumn(2))}});
        return contents;
    }

    void write(const std::vector<EventPtr>& events, const std::vector<std::uint64_t>& removals)
    {
        SQLite::Transaction transaction(database_);
        for (const EventPtr& event : events) {
            insert_->reset();
            insert_->bind(1, to_column(event->order));
            insert_->bindNoCopy(2, event->sink_id);
            insert_->bind(3, to_column(event->mark.stream));
            insert_->bind(4, to_column(event->mark.number));
            insert_->bind(5, to_column(event->made_ms));
            insert_->bindNoCopy(6, *event->publication.topic);
            insert_->bind(7, static_cast<std::int64_t>(event->publication.octets()));
            insert_->bindNoCopy(
                8, event->publication.payload->data(), static_cast<int>(event->publication.payload->size()));
            insert_->exec();
        }
        for (const std::uint64_t order : removals) {
            remove_->reset();
            remove_->bind(1, to_column(order));
            remove_->exec();
        }
        transaction.commit();
        insert_->clearBindings(); // they refer to the events
        // The file of a long outage shrinks again, a little at a time.
        if (!removals.empty())
            database_.exec("PRAGMA incremental_vacuum(256)");
    }

    std::vector<EventPtr> load(const EventQueue::Load& load)
    {
        std::vector<EventPtr> events;
        load_->reset();
        load_->bind(1, load.sink_id);
        load_->bind(2, to_column(load.after));
        load_->bind(3, static_cast<std::int64_t>(load.limit));
        while (load_->executeStep()) {
            auto event = std::make_shared<Event>();
            event->sink_id = load.sink_id;
            event->order = from_column(load_->getColumn(0));
            event->mark = {from_column(load_->getColumn(1)), from_column(load_->getColumn(2))};
            event->made_ms = from_column(load_->getColumn(3));
            event->arrived = EventQueue::Clock::now();
            event->publication = make_publication(
                text_of(load_->getColumn(4)), text_of(load_->getColumn(5)), event_qos, false);
            events.push_back(std::move(event));
        }
        load_->reset();
        return events;
    }

private:
    SQLite::Database database_;
    std::optional<SQLite::Statement> insert_;
    std::optional<SQLite::Statement> remove_;
    std::optional<SQLite::Statement> load_;
};

} // namespace

class EventStore::Worker : public std::enable_shared_from_this<Worker> {
public:
    Worker(gateway::EventLoop& loop, std::filesystem::path file) : file_(std::move(file)), loop_(loop) {}

    void start()
    {
        thread_ = std::thread([this] { run(); });
    }

    void stop()
    {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_one();
        if (thread_.joinable())
            thread_.join();
        database_.reset();
    }

    void ask(std::function<void()> job)
    {
        {
            const std::lock_guard lock(mutex_);
            jobs_.push_back(std::move(job));
        }
        wake_.notify_one();
    }

    /// Answers on the loop, unless the store has gone meanwhile.
    void answer(std::function<void()> call)
    {
        loop_.post([weak = weak_from_this(), call = std::move(call)] {
            if (!weak.expired())
                call();
        });
    }

    /// Opens the file when it is not open, and runs `work` on it. A damaged file is replaced once.
    template<typename Work>
    auto with_database(Work work) -> Result<decltype(work(std::declval<Database&>()))>
    {
        if (file_.empty())
            return fail(ApplicationCode::internal_error, "the outbox has no file");
        for (bool again = false;; again = true) {
            try {
                if (!database_) {
                    std::filesystem::create_directories(file_.parent_path());
                    database_ = std::make_unique<Database>(file_);
                }
                return work(*database_);
            } catch (const SQLite::Exception& error) {
                const int code = error.getErrorCode();
                if (is_damage(code) && !again) {
                    move_aside(error.what());
                    continue;
                }
                // A full disk leaves the file usable; anything else is opened anew.
                if (code != SQLITE_FULL)
                    database_.reset();
                return fail(
                    ApplicationCode::internal_error,
                    fmt::format("{}: {}: {}", file_.string(), error.what(), advice(code)));
            } catch (const std::filesystem::filesystem_error& error) {
                return fail(
                    ApplicationCode::internal_error,
                    fmt::format(
                        "{}: {}: {}", file_.string(), error.code().message(), advice(SQLITE_CANTOPEN)));
            }
        }
    }

    /// Whether the file was replaced since the last call.
    bool take_replaced() { return std::exchange(replaced_, false); }

    const std::filesystem::path file_;

private:
    void run()
    {
        std::unique_lock lock(mutex_);
        while (true) {
            wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
            if (jobs_.empty())
                return;
            const auto job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            job();
            lock.lock();
        }
    }

    void move_aside(const std::string& why)
    {
        database_.reset();
        replaced_ = true;
        const std::string aside = file_.string() + ".damaged";
        std::error_code ignored;
        std::filesystem::rename(file_, aside, ignored);
        for (const char* const companion : {"-wal", "-shm"})
            std::filesystem::remove(file_.string() + companion, ignored);
        spdlog::error(
            "the outbox {} is damaged ({}): it is kept as {}, what was stored in it alone is lost",
            file_.string(), why, aside);
    }

    gateway::EventLoop& loop_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> jobs_; ///< the publisher asks one write and one load at a time
    bool stopping_ = false;
    std::thread thread_;
    // For the thread; before it starts, for open().
    std::unique_ptr<Database> database_;
    bool replaced_ = false;
};

EventStore::EventStore(gateway::EventLoop& loop, std::filesystem::path file)
    : worker_(std::make_shared<Worker>(loop, std::move(file)))
{
}

EventStore::~EventStore()
{
    worker_->stop();
}

gateway::Result<EventStore::Contents> EventStore::open()
{
    auto contents = worker_->with_database([](Database& database) { return database.contents(); });
    worker_->take_replaced(); // nothing was counted yet
    worker_->start();
    return contents;
}

void EventStore::write(
    std::vector<EventPtr> events, std::vector<std::uint64_t> removals, std::function<void(WriteResult)> done)
{
    worker_->ask([worker = worker_.get(), events = std::move(events), removals = std::move(removals),
                  done = std::move(done)] {
        const auto written = worker->with_database([&](Database& database) {
            database.write(events, removals);
            return true;
        });
        WriteResult result{{}, worker->take_replaced()};
        if (!written)
            result.result = fail(written.error());
        worker->answer([done, result] { done(result); });
    });
}

void EventStore::load(EventQueue::Load load, std::function<void(gateway::Result<std::vector<EventPtr>>)> done)
{
    worker_->ask([worker = worker_.get(), load = std::move(load), done = std::move(done)] {
        auto loaded = worker->with_database([&](Database& database) { return database.load(load); });
        worker->answer([done, loaded = std::move(loaded)]() mutable { done(std::move(loaded)); });
    });
}

const std::filesystem::path& EventStore::file() const
{
    return worker_->file_;
}

} // namespace transport
