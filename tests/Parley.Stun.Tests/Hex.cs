namespace Parley.Stun.Tests;

internal static class Hex
{
    /// <summary>Bytes of spaced hex.</summary>
    public static byte[] Bytes(string spaced) => Convert.FromHexString(string.Concat(spaced.Where(c => !char.IsWhiteSpace(c))));
}
