using Parley.Net;
using Parley.Stun;

namespace Parley.Ice;

/// <summary>The username fragment and password of one side for one generation (RFC 8839 §5.4).</summary>
public sealed class IceCredentials : IEquatable<IceCredentials>
{
    private const string IceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const int MaxLength = 256;

    /// <summary>Credentials of given text.</summary>
    /// <exception cref="ArgumentException">A part is empty or longer than 256 bytes of UTF-8.</exception>
    public IceCredentials(string usernameFragment, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(usernameFragment);
        ArgumentException.ThrowIfNullOrEmpty(password);
        UsernameFragment = usernameFragment;
        Password = password;
        UsernameFragmentBytes = StunKey.ShortTerm(usernameFragment);
        Key = StunKey.ShortTerm(password);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(UsernameFragmentBytes.Length, MaxLength, nameof(usernameFragment));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Key.Length, MaxLength, nameof(password));
    }

    /// <summary>The username fragment; 4 to 256 ice-chars on the wire.</summary>
    public string UsernameFragment { get; }

    /// <summary>The password; 22 to 256 ice-chars on the wire. Never logged.</summary>
    public string Password { get; }

    internal byte[] UsernameFragmentBytes { get; }

    internal byte[] Key { get; }

    /// <summary>
    /// Draws credentials. RFC 8445 §5.3 wants at least 24 random bits in the ufrag and 128 in the password; these have 48 and 144.
    /// </summary>
    public static IceCredentials Create(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new IceCredentials(Draw(random, 8), Draw(random, 24));
    }

    /// <inheritdoc/>
    public bool Equals(IceCredentials? other) =>
        other is not null && UsernameFragment == other.UsernameFragment && Password == other.Password;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IceCredentials);

    /// <inheritdoc/>
    public override int GetHashCode() => UsernameFragment.GetHashCode(StringComparison.Ordinal);

    /// <summary>The username fragment; the password stays unsaid.</summary>
    public override string ToString() => UsernameFragment;

    private static string Draw(RandomSource random, int length)
    {
        Span<byte> bytes = stackalloc byte[length];
        random.Fill(bytes);
        Span<char> text = stackalloc char[length];
        for (var index = 0; index < length; index++)
        {
            text[index] = IceChars[bytes[index] & 63];
        }

        return new string(text);
    }
}
