#include "gateway/scratchpad/cipher.hpp"

#include <climits>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace gateway::scratchpad {
namespace {

template<auto free>
struct Free {
    template<typename T>
    void operator()(T* object) const
    {
        free(object);
    }
};
template<typename T, auto free>
using Owned = std::unique_ptr<T, Free<free>>;

void require(bool done, const char* what)
{
    if (!done)
        throw std::runtime_error(std::string("OpenSSL cannot do ") + what);
}

void count_up(Block& counter, CounterOrder order)
{
    for (std::size_t i = 0; i < counter.size(); ++i) {
        std::uint8_t& octet = counter.at(order == CounterOrder::little_endian ? i : counter.size() - 1 - i);
        if (++octet != 0)
            return;
    }
}

} // namespace

Block cmac(const Key& key, ByteView octets)
{
    const Owned<EVP_MAC, EVP_MAC_free> algorithm(EVP_MAC_fetch(nullptr, "CMAC", nullptr));
    require(algorithm != nullptr, "CMAC");
    const Owned<EVP_MAC_CTX, EVP_MAC_CTX_free> context(EVP_MAC_CTX_new(algorithm.get()));
    char cipher[] = "AES-128-CBC";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher, 0), OSSL_PARAM_construct_end()};
    Block tag{};
    std::size_t size = 0;
    const bool done = context != nullptr &&
                      EVP_MAC_init(context.get(), key.view().data(), key.view().size(), parameters) == 1 &&
                      EVP_MAC_update(context.get(), octets.data(), octets.size()) == 1 &&
                      EVP_MAC_final(context.get(), tag.data(), &size, tag.size()) == 1 && size == tag.size();
    require(done, "CMAC");
    return tag;
}

bool equal_in_constant_time(ByteView a, ByteView b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Digest sha256(ByteView octets)
{
    Digest digest{};
    unsigned size = 0;
    require(
        EVP_Digest(octets.data(), octets.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1,
        "SHA-256");
    return digest;
}

KeyStream::KeyStream(const Key& key, const Block& initial_counter, CounterOrder order)
    : key_(key), counter_(initial_counter), order_(order)
{
}

void KeyStream::apply(std::span<std::uint8_t> octets)
{
    // OpenSSL's counter mode counts one way only: the counter blocks are made here, some at a time.
    constexpr std::size_t at_once = 256;
    const Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(EVP_CIPHER_CTX_new());
    require(
        context != nullptr &&
            EVP_EncryptInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key_.view().data(), nullptr) == 1 &&
            EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1,
        "AES");
    std::array<std::uint8_t, at_once * sizeof(Block)> stream{};
    for (std::size_t offset = 0; offset < octets.size(); offset += stream.size()) {
        const std::size_t size = std::min(stream.size(), octets.size() - offset);
        for (std::size_t block = 0; block < size; block += counter_.size()) {
            std::ranges::copy(counter_, stream.begin() + static_cast<std::ptrdiff_t>(block));
            count_up(counter_, order_);
        }
        int done = 0;
        require(
            EVP_EncryptUpdate(context.get(), stream.data(), &done, stream.data(), static_cast<int>(size)) ==
                1,
            "AES");
        for (std::size_t i = 0; i < size; ++i)
            octets[offset + i] ^= stream.at(i);
    }
    OPENSSL_cleanse(stream.data(), stream.size());
}

void KeyStream::skip(std::size_t octets)
{
    for (std::size_t block = 0; block < octets; block += counter_.size())
        count_up(counter_, order_);
}

Block random_block()
{
    Block block{};
    require(RAND_bytes(block.data(), static_cast<int>(block.size())) == 1, "random numbers");
    return block;
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem)
{
    const auto refusal = [] {
        return fail(
            ApplicationCode::invalid_value,
            "not a public key on P-256 in PEM form; write it with: openssl pkey -in KEY -pubout");
    };
    if (pem.size() > INT_MAX)
        return refusal();
    const Owned<BIO, BIO_free> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const std::shared_ptr<EVP_PKEY> key(
        PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    std::array<char, 32> group{};
    std::size_t size = 0;
    if (!key || EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), &size) != 1 ||
        std::string_view(group.data(), size) != "prime256v1")
        return refusal();
    return PublicKey(key);
}

bool PublicKey::verifies(ByteView signature, ByteView octets) const
{
    constexpr std::size_t half = 32;
    if (signature.size() != 2 * half)
        return false;
    // OpenSSL takes signatures in DER.
    Owned<BIGNUM, BN_free> r(BN_bin2bn(signature.data(), half, nullptr));
    Owned<BIGNUM, BN_free> s(BN_bin2bn(signature.data() + half, half, nullptr));
    const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
    require(pair != nullptr && ECDSA_SIG_set0(pair.get(), r.get(), s.get()) == 1, "ECDSA");
    static_cast<void>(r.release()); // the pair owns them now
    static_cast<void>(s.release());
    unsigned char* encoded = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &encoded);
    const std::shared_ptr<unsigned char> der(encoded, [](unsigned char* octet) { OPENSSL_free(octet); });
    require(size > 0, "ECDSA");

    const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    auto* const key = static_cast<EVP_PKEY*>(key_.get());
    require(
        context != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1,
        "ECDSA");
    return EVP_DigestVerify(
               context.get(), der.get(), static_cast<std::size_t>(size), octets.data(), octets.size()) == 1;
}

} // namespace gateway::scratchpad
