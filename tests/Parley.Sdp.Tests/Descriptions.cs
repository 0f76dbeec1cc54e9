using System.Text;

namespace Parley.Sdp.Tests;

internal static class Descriptions
{
    public static IEnumerable<string> Names => typeof(Descriptions).Assembly.GetManifestResourceNames().Order();

    public static TheoryData<string> All => [.. Names];

    public static string Text(string name)
    {
        using var stream = typeof(Descriptions).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    public static SdpDocument Read(string name) => SdpDocument.Parse(Text(name));
}
