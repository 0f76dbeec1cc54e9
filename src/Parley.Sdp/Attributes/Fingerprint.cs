using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

/// <summary>A certificate's fingerprint, <c>a=fingerprint</c> (RFC 8122 §5).</summary>
public sealed class Fingerprint : IEquatable<Fingerprint>
{
    private readonly byte[] _bytes;

    /// <summary>Makes a fingerprint.</summary>
    /// <param name="hashFunction">The hash function's name, such as "sha-256"; kept in lower case.</param>
    /// <param name="bytes">The digest.</param>
    public Fingerprint(string hashFunction, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(hashFunction);
        HashFunction = hashFunction.ToLowerInvariant();
        _bytes = bytes.ToArray();
    }

    /// <summary>The hash function's name in lower case: "sha-256", "sha-384", "sha-512", "sha-1" …</summary>
    public string HashFunction { get; }

    /// <summary>The digest.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>
    /// Reads "sha-256 AB:CD:…". Both cases of hexadecimal digits are read, as browsers do. The length must be that of a known function.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Fingerprint? fingerprint)
    {
        fingerprint = null;
        var fields = new SdpFields(text);
        if (!fields.TryNext(out var function) || !SdpGrammar.IsToken(function) || !fields.TryNext(out var digits) || !fields.IsAtEnd
            || digits.Length % 3 != 2 || digits.Length > 64 * 3)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[64];
        int length = (digits.Length + 1) / 3;
        for (int i = 0; i < length; i++)
        {
            var octet = digits[(i * 3)..];
            if (!char.IsAsciiHexDigit(octet[0]) || !char.IsAsciiHexDigit(octet[1]) || (octet.Length > 2 && octet[2] != ':'))
            {
                return false;
            }

            bytes[i] = (byte)((Nibble(octet[0]) << 4) | Nibble(octet[1]));
        }

        fingerprint = new Fingerprint(function.ToString(), bytes[..length]);
        int expected = fingerprint.HashFunction switch
        {
            "sha-1" => 20,
            "sha-224" => 28,
            "sha-256" => 32,
            "sha-384" => 48,
            "sha-512" => 64,
            "md5" or "md2" => 16,
            _ => length,
        };
        return length == expected;
    }

    /// <inheritdoc/>
    public bool Equals(Fingerprint? other) => other is not null && HashFunction == other.HashFunction && Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Fingerprint);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(HashFunction);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>"sha-256 AB:CD:…", upper case as RFC 8122 §5 wants.</summary>
    public override string ToString() => $"{HashFunction} {BitConverter.ToString(_bytes).Replace('-', ':')}";

    private static int Nibble(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
