using System.Globalization;
using System.Text.Json;

namespace Parley.Interop.Peers;

/// <summary>What ffprobe says of a recording.</summary>
/// <param name="Codec">The codec's name.</param>
/// <param name="Frames">Frames, or packets of sound, that it counted by reading them all.</param>
/// <param name="Width">Pixels across; 0 for sound.</param>
/// <param name="Height">Pixels down; 0 for sound.</param>
public sealed record Ffprobe(string Codec, int Frames, int Width, int Height)
{
    /// <summary>Reads and decodes a whole file; a complaint of any kind is a failure.</summary>
    public static async Task<Ffprobe> ReadAsync(string path)
    {
        await using ForeignProcess process = ForeignProcess.Start(
            "ffprobe", ["-v", "warning", "-count_frames", "-show_streams", "-of", "json=compact=1", path]);
        int code = await process.WaitForExitAsync();
        string output = process.Output;
        Assert.True(code == 0 && output.StartsWith('{'), $"ffprobe complains of {Path.GetFileName(path)}:\n{output}");
        JsonElement stream = JsonDocument.Parse(output).RootElement.GetProperty("streams")[0];
        int Number(string name) => stream.TryGetProperty(name, out JsonElement value)
            ? value.ValueKind == JsonValueKind.String ? int.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetInt32()
            : 0;
        return new Ffprobe(stream.GetProperty("codec_name").GetString()!, Number("nb_read_frames"), Number("width"), Number("height"));
    }
}
