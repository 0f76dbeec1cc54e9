using System.Security.Cryptography;
using System.Text;

namespace Parley.Stun;

/// <summary>The keys of the two credential mechanisms (RFC 8489 §9.1 and §9.2).</summary>
public static class StunKey
{
    /// <summary>The key of a short-term credential: the password's UTF-8 bytes (ICE passwords are ASCII and need no preparation).</summary>
    public static byte[] ShortTerm(string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        return Encoding.UTF8.GetBytes(password);
    }

    /// <summary>
    /// The key of a long-term credential under the password algorithm MD5 (RFC 8489 §18.5.1.1):
    /// MD5(username ":" realm ":" password). The arguments must already be prepared (RFC 8265 OpaqueString).
    /// </summary>
    public static byte[] LongTerm(string username, string realm, string password) => MD5.HashData(LongTermText(username, realm, password));

    /// <summary>The same under the password algorithm SHA-256 (RFC 8489 §18.5.1.2).</summary>
    public static byte[] LongTermSha256(string username, string realm, string password) =>
        SHA256.HashData(LongTermText(username, realm, password));

    private static byte[] LongTermText(string username, string realm, string password) =>
        Encoding.UTF8.GetBytes($"{username}:{realm}:{password}");
}
