using System.Security.Cryptography;

namespace Parley.Dtls;

/// <summary>The hash of a certificate's DER form, as signaled in <c>a=fingerprint</c> (RFC 8122 §5).</summary>
/// <param name="HashFunction">The hash function's name as in SDP, lower case: <c>sha-256</c>.</param>
/// <param name="Value">The hash.</param>
public sealed record CertificateFingerprint(string HashFunction, ReadOnlyMemory<byte> Value)
{
    /// <summary>Computes the fingerprint of a certificate.</summary>
    /// <param name="certificate">The certificate in DER.</param>
    /// <param name="hashFunction"><c>sha-256</c>, <c>sha-384</c> or <c>sha-512</c>.</param>
    /// <exception cref="ArgumentException">The hash function is not one of these.</exception>
    public static CertificateFingerprint Of(ReadOnlySpan<byte> certificate, string hashFunction = "sha-256")
    {
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        return TryHash(certificate, hashFunction, hash, out var written)
            ? new CertificateFingerprint(hashFunction, hash[..written].ToArray())
            : throw new ArgumentException($"The hash function '{hashFunction}' is not supported.", nameof(hashFunction));
    }

    /// <summary>Parses the value of an <c>a=fingerprint</c> line: <c>sha-256 12:DF:…</c>.</summary>
    /// <param name="text">The text; the hash function in any case (RFC 8122 §5), upper- or lower-case hex.</param>
    /// <param name="fingerprint">The fingerprint; of any hash function, supported or not.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out CertificateFingerprint? fingerprint)
    {
        fingerprint = null;
        text = text.Trim();
        var space = text.IndexOf(' ');
        if (space <= 0)
        {
            return false;
        }

        var digits = text[(space + 1)..].Trim();
        if (digits.Length % 3 != 2)
        {
            return false;
        }

        var value = new byte[(digits.Length + 1) / 3];
        for (var i = 0; i < value.Length; i++)
        {
            if (!byte.TryParse(digits.Slice(i * 3, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out value[i])
                || (i > 0 && digits[i * 3 - 1] != ':'))
            {
                return false;
            }
        }

        fingerprint = new CertificateFingerprint(text[..space].ToString().ToLowerInvariant(), value);
        return true;
    }

    /// <summary>Whether hash functions and values are the same.</summary>
    public bool Equals(CertificateFingerprint? other) =>
        other is not null
            && HashFunction.Equals(other.HashFunction, StringComparison.OrdinalIgnoreCase)
            && Value.Span.SequenceEqual(other.Value.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Value.Span);
        return hash.ToHashCode();
    }

    /// <summary>The value as it stands in an <c>a=fingerprint</c> line.</summary>
    public override string ToString() =>
        string.Create(HashFunction.Length + 1 + Math.Max(0, Value.Length * 3 - 1), this, static (text, self) =>
        {
            self.HashFunction.CopyTo(text);
            text[self.HashFunction.Length] = ' ';
            text = text[(self.HashFunction.Length + 1)..];
            for (var i = 0; i < self.Value.Length; i++)
            {
                if (i > 0)
                {
                    text[i * 3 - 1] = ':';
                }

                var octet = self.Value.Span[i];
                text[i * 3] = Digits[octet >> 4];
                text[i * 3 + 1] = Digits[octet & 15];
            }
        });

    // RFC 8122 §5.1: the strongest hash function both sides have decides; one of its fingerprints must match. SHA-1 and MD5
    // are not among them (RFC 8122 §5: MD2 and MD5 "MUST NOT be used"; RFC 8827 §6.5 asks for SHA-256).
    internal static bool AnyMatches(IReadOnlyList<CertificateFingerprint> fingerprints, ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        foreach (var function in HashFunctions)
        {
            var offered = false;
            foreach (var fingerprint in fingerprints)
            {
                if (!fingerprint.HashFunction.Equals(function, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                offered = true;
                TryHash(certificate, function, hash, out var written);
                if (hash[..written].SequenceEqual(fingerprint.Value.Span))
                {
                    return true;
                }
            }

            if (offered)
            {
                return false;
            }
        }

        return false;
    }

    private const string Digits = "0123456789ABCDEF";

    private static readonly string[] HashFunctions = ["sha-512", "sha-384", "sha-256"];

    private static bool TryHash(ReadOnlySpan<byte> data, string function, Span<byte> hash, out int written)
    {
        written = function switch
        {
            "sha-256" => SHA256.HashData(data, hash),
            "sha-384" => SHA384.HashData(data, hash),
            "sha-512" => SHA512.HashData(data, hash),
            _ => 0,
        };
        return written > 0;
    }
}
