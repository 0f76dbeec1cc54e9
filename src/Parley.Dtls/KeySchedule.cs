using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Dtls;

/// <summary>The derivation of secrets in TLS 1.2 (RFC 5246 §5, §6.3, §8.1; RFC 7627 §4; RFC 5705 §4).</summary>
internal static class KeySchedule
{
    public const int MasterSecretSize = 48;
    public const int VerifyDataSize = 12;
    public const int SaltSize = 4;

    private const int MaxHashSize = 48;

    /// <summary>P_hash of RFC 5246 §5 over label and seed.</summary>
    public static void Prf(
        HashAlgorithmName hash, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> seed, Span<byte> destination)
    {
        var size = HashSize(hash);

        // A(i) and the seed beside each other, as each output block hashes both: A(i) + label + seed.
        var block = new byte[size + label.Length + seed.Length];
        var a = block.AsSpan(0, size);
        label.CopyTo(block.AsSpan(size));
        seed.CopyTo(block.AsSpan(size + label.Length));
        Span<byte> output = stackalloc byte[MaxHashSize];
        Hmac(hash, secret, block.AsSpan(size), a);
        while (true)
        {
            Hmac(hash, secret, block, output);
            var count = Math.Min(size, destination.Length);
            output[..count].CopyTo(destination);
            destination = destination[count..];
            if (destination.IsEmpty)
            {
                break;
            }

            Hmac(hash, secret, a, a);
        }

        CryptographicOperations.ZeroMemory(output);
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>RFC 5246 §8.1.</summary>
    public static void MasterSecret(
        HashAlgorithmName hash, ReadOnlySpan<byte> premaster, ReadOnlySpan<byte> clientRandom, ReadOnlySpan<byte> serverRandom,
        Span<byte> master)
    {
        Span<byte> seed = stackalloc byte[64];
        clientRandom.CopyTo(seed);
        serverRandom.CopyTo(seed[32..]);
        Prf(hash, premaster, "master secret"u8, seed, master);
    }

    /// <summary>RFC 7627 §4: over the hash of the handshake up to and including the ClientKeyExchange.</summary>
    public static void ExtendedMasterSecret(
        HashAlgorithmName hash, ReadOnlySpan<byte> premaster, ReadOnlySpan<byte> sessionHash, Span<byte> master) =>
        Prf(hash, premaster, "extended master secret"u8, sessionHash, master);

    /// <summary>RFC 5246 §6.3: client key, server key, client salt, server salt; AEADs take no MAC keys.</summary>
    public static void KeyBlock(
        HashAlgorithmName hash, ReadOnlySpan<byte> master, ReadOnlySpan<byte> clientRandom, ReadOnlySpan<byte> serverRandom,
        Span<byte> block)
    {
        Span<byte> seed = stackalloc byte[64];
        serverRandom.CopyTo(seed);
        clientRandom.CopyTo(seed[32..]);
        Prf(hash, master, "key expansion"u8, seed, block);
    }

    /// <summary>RFC 5246 §7.4.9.</summary>
    public static void VerifyData(
        HashAlgorithmName hash, ReadOnlySpan<byte> master, bool client, ReadOnlySpan<byte> transcriptHash, Span<byte> data) =>
        Prf(hash, master, client ? "client finished"u8 : "server finished"u8, transcriptHash, data[..VerifyDataSize]);

    /// <summary>RFC 5705 §4. A context, even an empty one, is not the same as none.</summary>
    public static void Export(
        HashAlgorithmName hash, ReadOnlySpan<byte> master, string label, ReadOnlySpan<byte> randoms, bool hasContext,
        ReadOnlySpan<byte> context, Span<byte> destination)
    {
        var seed = new byte[randoms.Length + (hasContext ? 2 + context.Length : 0)];
        randoms.CopyTo(seed);
        if (hasContext)
        {
            BinaryPrimitives.WriteUInt16BigEndian(seed.AsSpan(randoms.Length), (ushort)context.Length);
            context.CopyTo(seed.AsSpan(randoms.Length + 2));
        }

        Prf(hash, master, Encoding.ASCII.GetBytes(label), seed, destination);
    }

    public static int HashSize(HashAlgorithmName hash) =>
        hash == HashAlgorithmName.SHA384 ? SHA384.HashSizeInBytes : SHA256.HashSizeInBytes;

    public static int Hash(HashAlgorithmName hash, ReadOnlySpan<byte> data, Span<byte> destination) =>
        hash == HashAlgorithmName.SHA384 ? SHA384.HashData(data, destination) : SHA256.HashData(data, destination);

    private static void Hmac(HashAlgorithmName hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        if (hash == HashAlgorithmName.SHA384)
        {
            HMACSHA384.HashData(key, data, destination);
        }
        else
        {
            HMACSHA256.HashData(key, data, destination);
        }
    }
}
