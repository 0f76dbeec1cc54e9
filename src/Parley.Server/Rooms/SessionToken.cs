using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Server;

/// <summary>
/// The secret by which a peer comes back. Its id is made of it, so that a server which was started anew and knows nobody still knows that
/// the id is the peer's own: nobody else has the secret, and the id does not tell it.
/// </summary>
internal static class SessionToken
{
    private const int SecretBytes = 24;
    private const int IdBytes = 12;

    /// <summary>Draws a new one.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>Whether it could be one.</summary>
    public static bool IsValid(string? token) => token is { Length: SecretBytes / 3 * 4 } && Base64Url.IsValid(token);

    /// <summary>The id of the peer that has this token in this room.</summary>
    public static string IdOf(string room, string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"parley peer\n{token}\n{room}")).AsSpan(0, IdBytes));

    /// <summary>An id for a peer that does not come back.</summary>
    public static string CreateId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
}
