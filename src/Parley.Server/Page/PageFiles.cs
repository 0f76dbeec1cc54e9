using System.Reflection;
using System.Security.Cryptography;

namespace Parley.Server;

/// <summary>The page (<c>web/</c> of the repository), as embedded in this assembly.</summary>
internal static class PageFiles
{
    private const string Prefix = "web/";

    /// <summary>Every file by its path below the root, such as <c>app.js</c>.</summary>
    public static IReadOnlyDictionary<string, PageFile> Load()
    {
        Assembly assembly = typeof(PageFiles).Assembly;
        var files = new Dictionary<string, PageFile>(StringComparer.Ordinal);
        foreach (string resource in assembly.GetManifestResourceNames())
        {
            // MSBuild writes the recursive part of the name with the separators of the machine that built it.
            string name = resource.Replace('\\', '/');
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && ContentType(name) is { } contentType)
            {
                using Stream stream = assembly.GetManifestResourceStream(resource)!;
                byte[] content = new byte[stream.Length];
                stream.ReadExactly(content);
                files.Add(
                    name[Prefix.Length..],
                    new PageFile(contentType, content, $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\""));
            }
        }

        return files;
    }

    private static string? ContentType(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".json" => "application/json",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        _ => null,
    };
}
