namespace Parley.Dtls.Tests;

internal static class Hex
{
    public static byte[] Bytes(string spaced) =>
        Convert.FromHexString(spaced.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
}
