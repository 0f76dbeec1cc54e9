namespace Parley.Srtp.Tests;

/// <summary>Spaced hex, as the documents print it.</summary>
internal static class Hex
{
    public static byte[] Bytes(string hex) => Convert.FromHexString(string.Concat(hex.Where(c => !char.IsWhiteSpace(c))));
}
